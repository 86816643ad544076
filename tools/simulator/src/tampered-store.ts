import { createSecretKey } from 'node:crypto'
import { historySeals } from '@lethe/adapter-system'
import type { Digest, HistorySeals, RemovalRequests, StoredHistory, StorePorts } from '@lethe/application'
import type {
  RemovalRequest,
  RemovalRequestId,
  SealedEvent,
  StoredRequest,
  SubjectCommitment,
  TenantId,
  UnreadableReason,
  UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Reading } from './alterations.js'

/** What was changed by hand: what comes out of the store instead of what was written. */
export interface Changed {
  readonly histories: ReadonlyMap<RemovalRequestId, ReadonlyArray<SealedEvent>>
  readonly people: ReadonlyMap<SubjectCommitment, UserId>
}

/** Nobody who tampers has it. */
const keys: HistorySeals = historySeals([
  { id: 'simulated', key: createSecretKey(Buffer.alloc(32, 'simulated')) },
])

/**
 * The store as processes see it: what it keeps, changed by hand, and read as the durable store reads its rows. Each head is sealed
 * when Lethe writes it. A list folds the events only; everything else checks their hashes and the seal.
 */
export const tamperedStore = (
  kept: StorePorts,
  changed: Changed,
  digest: Pick<Digest, 'envelope'>,
  reading: Reading,
): StorePorts => {
  const { removalRequests, subjects, batches } = kept
  const seals = new Map<RemovalRequestId, string>()
  const marked = new Map<RemovalRequestId, TenantId>()

  const history: RemovalRequests['history'] = (tenantId, id) =>
    pipe(
      removalRequests.history(tenantId, id),
      TE.map(
        O.map(({ head, events, isCut }) => ({
          head,
          isCut,
          events: changed.histories.get(id) ?? events,
          seal: sealOf({ tenantId, requestId: id, ...head }),
        })),
      ),
    )

  const sealOf = (head: Parameters<HistorySeals['seal']>[0]): StoredHistory['seal'] => {
    const seal = seals.get(head.requestId)
    if (seal === undefined) return 'missing'
    return reading.isSealed(keys)(head, seal) ? 'intact' : 'differs'
  }

  const seal = async (tenantId: TenantId, requestId: RemovalRequestId): Promise<void> => {
    const found = await removalRequests.history(tenantId, requestId)()
    if (E.isRight(found) && O.isSome(found.right))
      seals.set(requestId, keys.seal({ tenantId, requestId, ...found.right.value.head }))
  }

  /** @returns what the history of a request folds to, or why it cannot be read; none where there is no such request. */
  const fold = async (
    tenantId: TenantId,
    requestId: RemovalRequestId,
    checked: boolean,
  ): Promise<O.Option<E.Either<UnreadableReason, RemovalRequest>>> => {
    const found = await history(tenantId, requestId)()
    if (E.isLeft(found) || O.isNone(found.right)) return O.none
    const { head, events, seal: sealed } = found.right.value
    const of = { tenantId, requestId }
    const read = reading.stored(checked ? digest.envelope : null)(of, head, events)
    const isSealed = !checked || sealed === 'intact'
    return O.some(
      E.isLeft(read) || isSealed ? read : E.left(sealed === 'missing' ? 'headNotSealed' : 'headSealDiffers'),
    )
  }

  /** What stands beside the events of a request is known even where they cannot be read. */
  const read = async (stored: StoredRequest, checked: boolean): Promise<StoredRequest> => {
    const { id, tenantId, batch, dueAt } = stored
    const folded = await fold(tenantId, id, checked)
    if (O.isNone(folded)) return stored
    if (E.isLeft(folded.value)) {
      marked.set(id, tenantId)
      return { state: 'unreadable', id, tenantId, batch, dueAt, reason: folded.value.left }
    }
    if (checked) marked.delete(id)
    // What nobody changed is as the store gave it: it may be a broken one.
    return changed.histories.has(id) ? folded.value.right : stored
  }

  const readOne = <R>(
    found: TE.TaskEither<R, O.Option<StoredRequest>>,
  ): TE.TaskEither<R, O.Option<StoredRequest>> =>
    pipe(
      found,
      TE.flatMap(one => async () => E.right(O.isNone(one) ? one : O.some(await read(one.value, true)))),
    )

  return {
    ...kept,
    removalRequests: {
      ...removalRequests,
      history,
      submit: submission => async () => {
        const answer = await removalRequests.submit(submission)()
        if (E.isLeft(answer)) return answer
        if (answer.right.joined)
          return E.right({ joined: true, request: await read(answer.right.request, true) })
        await seal(submission.tenantId, submission.requestId)
        return answer
      },
      openFor: (tenantId, userId) => readOne(removalRequests.openFor(tenantId, userId)),
      load: (tenantId, id) => readOne(removalRequests.load(tenantId, id)),
      append: append => async () => {
        const folded = await fold(append.tenantId, append.requestId, true)
        if (O.isSome(folded) && E.isLeft(folded.value)) return E.left({ _tag: 'VersionConflict' })
        const answer = await removalRequests.append(append)()
        if (E.isRight(answer)) await seal(append.tenantId, append.requestId)
        return answer
      },
      list: (tenantId, filter, page) =>
        pipe(
          removalRequests.list(tenantId, filter, page),
          TE.flatMap(({ items, next }) => async () => {
            const shown: Array<StoredRequest> = []
            for (const item of items) shown.push(await read(item, false))
            return E.right({ items: shown, next })
          }),
        ),
      // One more for each that is left out, so that those leave no gap.
      expiring: (tenantId, at, limit) =>
        pipe(
          removalRequests.expiring(tenantId, at, limit + marked.size),
          TE.map(ids => ids.filter(id => !marked.has(id)).slice(0, limit)),
        ),
      unreadable: tenantId => TE.fromIO(() => [...marked.values()].filter(of => of === tenantId).length),
    },
    batches: {
      ...batches,
      requestFor: (tenantId, batch, userId) => readOne(batches.requestFor(tenantId, batch, userId)),
    },
    subjects: {
      ...subjects,
      resolve: (tenantId, commitments) =>
        pipe(
          subjects.resolve(tenantId, commitments),
          TE.map(
            found =>
              new Map(
                [...found].map(([commitment, subject]) => [
                  commitment,
                  { ...subject, userId: changed.people.get(commitment) ?? subject.userId },
                ]),
              ),
          ),
        ),
    },
  }
}
