import type { RemovalRequestResource } from '@lethe/api-contract'
import * as E from 'fp-ts/lib/Either.js'
import { endOf, refusalOfEnd, unknownStateOf } from './ending.js'
import { isPassing } from './exit-codes.js'
import { interrupted, type Concerning, type SingleRefusal } from './refusal.js'
import type { Session } from './session.js'

/** A request that is waited for, as it was last seen. */
export interface Awaited {
  /** What to call it where it is refused. */
  readonly subject: string
  readonly request: RemovalRequestResource
}

/** How far requests got. */
export interface Waited {
  /** All of them, as they were last seen. */
  readonly awaited: ReadonlyArray<Awaited>
  /** Those that did not end completed, and why. */
  readonly refusals: ReadonlyArray<Concerning>
}

const firstPause = 1000
const longestPause = 10_000

/**
 * Waits until each request has ended, for so many seconds at most. While the server cannot be asked, waiting goes on.
 * An interruption says which requests go on without us.
 */
export const waitForAll =
  (session: Session) =>
  (asked: ReadonlyArray<Awaited>, seconds: number): Promise<Waited> =>
    session.during(`waiting for ${asked.length} ${asked.length === 1 ? 'request' : 'requests'} to end`, () =>
      wait(session)(asked, seconds),
    )

const wait =
  ({ io, lethe, say }: Session) =>
  async (asked: ReadonlyArray<Awaited>, seconds: number): Promise<Waited> => {
    const deadline = io.now() + seconds * 1000
    const refused = new Map<Awaited['subject'], SingleRefusal>()
    let awaited = asked
    let pause = firstPause
    const isUnderWay = ({ subject, request }: Awaited) => !refused.has(subject) && endOf(request) === null
    while (awaited.some(isUnderWay) && io.now() < deadline && !io.interrupted.aborted) {
      await io.sleep(Math.min(pause, deadline - io.now()))
      pause = Math.min(pause * 1.5, longestPause)
      const polled: Array<Awaited> = []
      for (const one of awaited) {
        if (!isUnderWay(one) || io.interrupted.aborted) {
          polled.push(one)
          continue
        }
        const answer = await lethe.request(one.request.id)()
        if (E.isLeft(answer) && !isPassing(answer.left)) refused.set(one.subject, answer.left)
        const request = E.isRight(answer) ? answer.right : one.request
        if (request.state !== one.request.state)
          await say(unknownStateOf(request) ?? `request ${request.id}: ${request.state}`)
        polled.push({ ...one, request })
      }
      awaited = polled
    }
    if (io.interrupted.aborted)
      await say(`these requests go on without this command: ${idsOf(awaited.filter(isUnderWay))}`)
    const runOut = (request: RemovalRequestResource): SingleRefusal =>
      io.interrupted.aborted ? interrupted : { _tag: 'WaitRanOut', request, seconds }
    return {
      awaited,
      refusals: awaited.flatMap(({ subject, request }) => {
        const end = endOf(request)
        const refusal = refused.get(subject) ?? (end === null ? runOut(request) : refusalOfEnd(request, end))
        return refusal === null ? [] : [{ subject, refusal }]
      }),
    }
  }

const idsOf = (awaited: ReadonlyArray<Awaited>): string => awaited.map(({ request }) => request.id).join(', ')
