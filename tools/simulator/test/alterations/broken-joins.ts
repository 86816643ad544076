import type {
  RemovalEvent,
  RemovalEventOf,
  RemovalRequest,
  RemovalRequestId,
  StoredRequest,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Alterations } from '../../src/alterations.js'
import { readable } from '../../src/made.js'
import { recording } from './broken-records.js'
import { requests } from './broken-stores.js'

/** Changes what is recorded of a join. */
const joining = (change: (joined: RemovalEventOf<'requestJoined'>) => RemovalEvent): Alterations =>
  recording(events => events.map(event => (event.type === 'requestJoined' ? change(event) : event)))

/** Notes an earlier receipt, and leaves the request due when it was. */
export const keepsTheDueDate = (): Alterations =>
  joining(joined => {
    const { dueAt: _due, ...data } = joined.data
    return { ...joined, data }
  })

/** Notes of every join that the person asked when the request says already. */
export const recordsPlainRepeats = (): Alterations => {
  const known = new Map<RemovalRequestId, RemovalRequest>()
  const noted = (request: StoredRequest): void => {
    known.set(request.id, readable(request))
  }
  return requests(sound => ({
    submit: submission => async () => {
      const answer = await sound.submit(submission)()
      if (E.isRight(answer)) noted(answer.right.request)
      return answer
    },
    append: asked => async () => {
      const receivedAt = known.get(asked.requestId)?.receivedAt
      const answer = await sound.append({
        ...asked,
        events: asked.events.map(event =>
          event.type === 'requestJoined' && event.data.receivedAt === undefined && receivedAt !== undefined
            ? { ...event, data: { ...event.data, receivedAt } }
            : event,
        ),
      })()
      if (E.isRight(answer)) noted(answer.right)
      return answer
    },
  }))
}

/** Says that a join is recorded, and records nothing. */
export const losesJoins = (): Alterations =>
  requests(sound => ({
    append: asked => async () => {
      if (!asked.events.every(({ type }) => type === 'requestJoined')) return sound.append(asked)()
      const found = await sound.load(asked.tenantId, asked.requestId)()
      if (E.isLeft(found)) return found
      return found.right._tag === 'Some'
        ? E.right(readable(found.right.value))
        : E.left({ _tag: 'VersionConflict' })
    },
  }))
