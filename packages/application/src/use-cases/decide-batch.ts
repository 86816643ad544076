import type { BatchId, DenialCode, Grant, Hash, RemovalRequestId, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Batches, BatchPending } from '../ports/batches.js'
import type { Unavailable } from '../ports/problems.js'
import type { SignIns } from '../ports/sign-ins.js'
import { approveRemoval, type ApproveRemovalDeps, type ApproveRemovalRefusal } from './approve-removal.js'
import { denyRemoval, type DenyRemovalDeps, type DenyRemovalRefusal } from './deny-removal.js'
import { type BatchChanged, type BatchNotFound, batchNotFound } from './refusals.js'

export interface DecideBatchDeps {
  readonly batches: Pick<Batches, 'pending'>
  /** How many requests one call decides at most. */
  readonly atOnce: number
}

/** Which batch is decided: the very one that was looked at. */
interface Decided {
  readonly id: BatchId
  /** The digest of the preview: a batch that changed since is not decided. */
  readonly digest: Hash
  /** Where the call before stopped; null to begin. */
  readonly after: RemovalRequestId | null
}

/** Why a request of a batch was not decided. */
type NotDecided = Exclude<ApproveRemovalRefusal | DenyRemovalRefusal, Unavailable>['_tag']

/** How far the decision of a batch has come. */
export interface BatchProgress {
  /** Requests that it now stands for, whether from this call or from an earlier one. */
  readonly decided: number
  /** Requests that it could not be made for, by the reason. */
  readonly refused: ReadonlyMap<NotDecided, number>
  /** What to give as `after` to go on; null where every request was come to. */
  readonly next: RemovalRequestId | null
}

type DecideBatchRefusal<R> = BatchNotFound | BatchChanged | Unavailable | R

export type ApproveBatch = (
  input: Decided & { readonly grant: Grant<'approve'> },
) => TE.TaskEither<DecideBatchRefusal<ApproveRemovalRefusal>, BatchProgress>

export type DenyBatch = (
  input: Decided & {
    readonly grant: Grant<'deny'>
    readonly code: DenialCode
    readonly note: string | null
  },
) => TE.TaskEither<DecideBatchRefusal<DenyRemovalRefusal>, BatchProgress>

/**
 * Approves what waits for approval in a batch, each request by its own rules. It does a bounded part and says where to go on; to
 * repeat a call changes nothing more.
 *
 * @returns `BatchChanged` where the batch is not the one of the preview any more. Where the caller may approve none of it, why.
 */
export const approveBatch =
  (deps: DecideBatchDeps & ApproveRemovalDeps & { readonly signIns: SignIns }): ApproveBatch =>
  ({ grant, ...batch }) => {
    const approve = approveRemoval({ ...deps, signIns: deps.signIns.forMany() })
    return decide(deps, grant.tenantId, batch, id => approve({ grant, id })())
  }

/** Denies what waits for approval in a batch, as `approveBatch` approves it. */
export const denyBatch =
  (deps: DecideBatchDeps & DenyRemovalDeps): DenyBatch =>
  ({ grant, code, note, ...batch }) =>
    decide(deps, grant.tenantId, batch, id => denyRemoval(deps)({ grant, id, code, note })())

const decide = <R extends { readonly _tag: NotDecided }>(
  { batches, atOnce }: DecideBatchDeps,
  tenantId: TenantId,
  { id, digest, after }: Decided,
  decideOne: (id: RemovalRequestId) => Promise<E.Either<R | Unavailable, unknown>>,
): TE.TaskEither<DecideBatchRefusal<R>, BatchProgress> =>
  pipe(
    batches.pending(tenantId, id, after, atOnce),
    TE.flatMap(found => TE.fromOption(() => batchNotFound(id))(found)),
    TE.flatMap((pending): TE.TaskEither<DecideBatchRefusal<R>, BatchProgress> =>
      pending.digest === digest ? decideAll(pending, atOnce, decideOne) : TE.left({ _tag: 'BatchChanged' }),
    ),
  )

/** So many requests are decided side by side. */
const sideBySide = 32

const decideAll =
  <R extends { readonly _tag: NotDecided }>(
    { ids }: BatchPending,
    atOnce: number,
    decideOne: (id: RemovalRequestId) => Promise<E.Either<R | Unavailable, unknown>>,
  ): T.Task<E.Either<R | Unavailable, BatchProgress>> =>
  async () => {
    const refused = new Map<NotDecided, number>()
    let decided = 0
    let refusal: R | null = null
    for (let from = 0; from < ids.length; from += sideBySide)
      for (const one of await Promise.all(ids.slice(from, from + sideBySide).map(decideOne))) {
        if (E.isRight(one)) decided += 1
        else if (isUnavailable(one.left)) return E.left(one.left)
        else {
          refusal ??= one.left
          refused.set(one.left._tag, (refused.get(one.left._tag) ?? 0) + 1)
        }
      }
    return refusal !== null && decided === 0 && refused.size === 1 && isOfTheCaller(refusal)
      ? E.left(refusal)
      : E.right({ decided, refused, next: ids.length < atOnce ? null : (ids.at(-1) ?? null) })
  }

const isUnavailable = (refusal: { readonly _tag: string }): refusal is Unavailable =>
  refusal._tag === 'Unavailable'

/** Whether the refusal says something of the caller or the decision, and not of the request. */
const isOfTheCaller = ({ _tag }: { readonly _tag: NotDecided }): boolean => {
  switch (_tag) {
    case 'GuestApproval':
    case 'NoteRequired':
      return true
    // Several people may have asked for parts of a batch: what is one's own is left to others.
    case 'SelfApproval':
    case 'RequestNotFound':
    case 'WrongState':
      return false
  }
}
