import type { RemovalRequestResource } from '@lethe/api-contract'
import type { RemovalRequestId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { RequestFilter } from '../commands/request-filter.js'
import { interrupted, type SingleRefusal } from '../refusal.js'
import { changeOf, changeResource } from '../resources/change.js'
import type { Session } from '../session.js'
import { type LookDeps, lookAround } from './look.js'
import { createMemory, type Memory, type News } from './memory.js'

/**
 * Shows every request that is new or changes its state, until it is interrupted, which is the end that it has.
 *
 * How things stand at the first look is told as a count, on stderr: whoever wants the rows has the list, and thousands of
 * them would push what is new off the screen.
 *
 * @param pause milliseconds from one look to the next.
 */
export const watchAll =
  ({ io, output, patientLethe: lethe, say }: Session) =>
  ({ states, conditions }: RequestFilter, pause: number): TE.TaskEither<SingleRefusal, void> =>
  async () => {
    io.heedTermination()
    const memory = createMemory()
    const stream = output.stream(changeResource)
    const isMeant = ({ state }: RemovalRequestResource, { from }: News) =>
      states === null || states.some(meant => meant === state || meant === from)
    const tell: LookDeps['tell'] = (request, news) =>
      isMeant(request, news)
        ? stream.add(changeOf(request, news.from === null ? 'new' : 'changed', news.from, io.now()))
        : TE.right(undefined)

    const looked = await lookAround({ lethe, conditions, memory, tell: () => TE.right(undefined) }, true)()
    if (E.isRight(looked)) await say(beginning(memory))
    let refusal = E.isLeft(looked) ? looked.left : null
    while (refusal === null) {
      await io.sleep(pause)
      const next = io.interrupted.aborted
        ? E.left(interrupted)
        : await lookAround({ lethe, conditions, memory, tell }, false)()
      if (E.isLeft(next)) refusal = next.left
      else if (next.right.length > 0) await say(goneMessage(next.right))
    }
    if (refusal._tag !== 'Interrupted') return E.left(refusal)
    return stream.end()()
  }

const beginning = (memory: Memory): string => {
  const counts = [...memory.counts()]
  const all = counts.reduce((sum, [, count]) => sum + count, 0)
  const byState = counts.map(([state, count]) => `${count} ${state}`).join(', ')
  const open = `${all} open ${all === 1 ? 'request' : 'requests'}${all === 0 ? '' : ` (${byState})`}`
  return `${open}. What is new or changes is shown from now on; Ctrl-C ends this.`
}

const mostNamed = 10

/** A server that keeps requests in memory forgets them when it starts anew. */
const goneMessage = (ids: ReadonlyArray<RemovalRequestId>): string => {
  const named = `${ids.slice(0, mostNamed).join(', ')}${ids.length > mostNamed ? ', …' : ''}`
  return `the server does not know ${ids.length} of these requests any more: ${named}`
}
