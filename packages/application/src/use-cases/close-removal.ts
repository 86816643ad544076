import {
  type AbandonmentCode,
  close,
  type Grant,
  isAnyCalled,
  type LastLook,
  type NoHolderCalled,
  type NoteRequired,
  type RemovalRequest,
  type RemovalRequestId,
  type UserId,
  type WrongState,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataHolder, DataHolders } from '../ports/data-holders.js'
import type { Clock, Identifiers, Timer } from '../ports/environment.js'
import { act, type ActingDeps, type ActingRefusal, actorOf, loadRequest } from './acting.js'

export interface CloseRemovalDeps extends ActingDeps {
  readonly dataHolders: DataHolders
  readonly clock: Clock
  readonly timer: Timer
  readonly identifiers: Pick<Identifiers, 'actorReference' | 'noteReference'>
}

export type CloseRemovalRefusal = ActingRefusal | NoteRequired | NoHolderCalled | WrongState

export type CloseRemoval = (input: {
  readonly grant: Grant<'close'>
  readonly id: RemovalRequestId
  readonly code: AbandonmentCode
  /** Kept apart from the history, because it may name somebody; null for none. */
  readonly note: string | null
}) => TE.TaskEither<CloseRemovalRefusal, RemovalRequest>

/**
 * Ends a failed request that is not to be retried, though a holder was called. Each holder is looked at once more, to record
 * whether it still has the data; a look that fails or takes long is recorded as `notLooked`, and stops nothing.
 */
export const closeRemoval =
  (deps: CloseRemovalDeps): CloseRemoval =>
  ({ grant, id, code, note }) => {
    if (code === 'other' && (note === null || note.trim() === '')) return TE.left({ _tag: 'NoteRequired' })
    const record = note === null ? null : { reference: deps.identifiers.noteReference(), text: note }
    return pipe(
      loadRequest(deps.removalRequests)(grant.tenantId, id),
      TE.flatMap(request => TE.fromTask(lookOnce(deps, request))),
      TE.flatMap(lastLook =>
        act(deps)({
          tenantId: grant.tenantId,
          id,
          actor: actorOf(grant.caller),
          note: record,
          signIn: null,
          decide: by => close({ by, code, note: record?.reference ?? null, lastLook, at: deps.clock.now() }),
        }),
      ),
    )
  }

/** The longest that the one who closes a request waits for its holders, in seconds. */
const lookSeconds = 3

/** Looks at every holder of a request that can be closed, side by side. */
const lookOnce =
  (deps: CloseRemovalDeps, request: RemovalRequest): T.Task<ReadonlyArray<LastLook>> =>
  async () => {
    if (request.state !== 'failed' || !isAnyCalled(request.holders)) return []
    const found = await deps.findPerson(request)()
    const userId = E.isRight(found) && found.right !== 'differs' ? found.right : null
    const holders = deps.dataHolders.of(request.tenantId)
    return T.traverseArray(lookAt(deps.timer, request, holders, userId))(request.holders)()
  }

const lookAt =
  (timer: Timer, { tenantId }: RemovalRequest, holders: ReadonlyArray<DataHolder>, userId: UserId | null) =>
  ({ name }: RemovalRequest['holders'][number]): T.Task<LastLook> => {
    const holder = holders.find(configured => configured.name === name)
    const notLooked: LastLook = { holder: name, result: 'notLooked' }
    return holder === undefined || userId === null
      ? T.of(notLooked)
      : pipe(
          timer.within(lookSeconds, async () => holder.readBack(tenantId, userId)()),
          T.map(found => ({
            holder: name,
            result: O.isSome(found) && E.isRight(found.value) ? seenIn(found.value.right) : 'notLooked',
          })),
        )
  }

const seenIn = (found: 'absent' | 'present' | 'husk' | 'notSupported'): LastLook['result'] => {
  switch (found) {
    case 'absent':
      return 'absent'
    case 'present':
    case 'husk':
      return 'present'
    case 'notSupported':
      return 'notLooked'
  }
}
