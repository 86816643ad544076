import type { RemovalRequestResource } from '@lethe/api-contract'
import type { RemovalRequestId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { endOf, refusalOfEnd, unknownStateOf } from '../ending.js'
import { interrupted, type SingleRefusal } from '../refusal.js'
import { changeOf, changeResource } from '../resources/change.js'
import type { Session } from '../session.js'

/**
 * Shows how one request stands and each change of its state, until it has ended.
 *
 * @param pause milliseconds from one look to the next.
 * @returns `RemovalFailed` or `EndedOtherwise` where it did not end completed. An interruption is one here, for a script
 * must not take it for a completed removal.
 */
export const followOne =
  ({ io, output, patientLethe, say }: Session) =>
  (id: RemovalRequestId, pause: number): TE.TaskEither<SingleRefusal, void> =>
  async () => {
    const stream = output.stream(changeResource)
    let before: RemovalRequestResource | null = null
    for (;;) {
      const answer: E.Either<SingleRefusal, RemovalRequestResource> = await patientLethe.request(id)()
      if (E.isLeft(answer)) return answer
      const request = answer.right
      if (request.state !== before?.state) {
        const kind = before === null ? 'present' : 'changed'
        const told = await stream.add(changeOf(request, kind, before?.state ?? null, io.now()))()
        if (E.isLeft(told)) return told
        const unknown = unknownStateOf(request)
        if (unknown !== null) await say(unknown)
      }
      before = request
      const end = endOf(request)
      if (end !== null) {
        const refusal = refusalOfEnd(request, end)
        return refusal === null ? E.right(undefined) : E.left(refusal)
      }
      await io.sleep(pause)
      if (io.interrupted.aborted) return E.left(interrupted)
    }
  }
