import {
  type BatchId,
  batchesOf,
  type DenialCode,
  type Grant,
  type Hash,
  type Operation,
  type RemovalRequestId,
  type RemovalState,
  type TenantId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Batches, Decided } from '../ports/batches.js'
import type { Unavailable } from '../ports/problems.js'
import type { SignIns } from '../ports/sign-ins.js'
import { type ActingDeps, actorOf } from './acting.js'
import { approveRemoval, type ApproveRemovalDeps, type ApproveRemovalRefusal } from './approve-removal.js'
import { denyRemoval, type DenyRemovalDeps, type DenyRemovalRefusal, lacksNote } from './deny-removal.js'
import { type BatchChanged, type BatchNotFound, batchNotFound, type NothingWaits } from './refusals.js'
import { retryRemoval, type RetryRemovalDeps, type RetryRemovalRefusal } from './retry-removal.js'
import { withdrawRemoval, type WithdrawRemovalDeps, type WithdrawRemovalRefusal } from './withdraw-removal.js'

export interface ActOnBatchDeps {
  readonly batches: Pick<Batches, 'members'>
  /** How many requests one call comes to at most. */
  readonly atOnce: number
}

export interface DecideBatchDeps extends ActOnBatchDeps {
  readonly batches: Pick<Batches, 'members' | 'close' | 'hasDecided'>
}

/** Which requests of a batch are meant. */
interface Meant<O extends Operation> {
  readonly grant: Grant<O>
  readonly id: BatchId
  /** Where the call before stopped; null to begin. */
  readonly after: RemovalRequestId | null
}

/** The batch that is decided: the very one that was looked at. */
interface Seen {
  /** The digest of the preview: a batch that changed since is not decided. */
  readonly digest: Hash
}

type OneRefusal = ApproveRemovalRefusal | DenyRemovalRefusal | RetryRemovalRefusal | WithdrawRemovalRefusal
/** Why something was not done to a request of a batch. */
type NotDone = Exclude<OneRefusal, Unavailable>['_tag']

/** How far a batch was come through. */
export interface BatchProgress {
  /** Requests of this call that the decision now stands for, or that were withdrawn or retried. */
  readonly decided: number
  /** Requests of this call for which it could not be done, by the reason. */
  readonly refused: ReadonlyMap<NotDone, number>
  /** What to give as `after` to go on; null where every request was come to. */
  readonly next: RemovalRequestId | null
}

type DecideBatchRefusal<R> = BatchNotFound | BatchChanged | NothingWaits | Unavailable | R

export type ApproveBatch = (
  input: Meant<'approve'> & Seen,
) => TE.TaskEither<DecideBatchRefusal<ApproveRemovalRefusal>, BatchProgress>

export type DenyBatch = (
  input: Meant<'deny'> & Seen & { readonly code: DenialCode; readonly note: string | null },
) => TE.TaskEither<DecideBatchRefusal<DenyRemovalRefusal>, BatchProgress>

export type RetryBatch = (
  input: Meant<'retry'>,
) => TE.TaskEither<BatchNotFound | RetryRemovalRefusal, BatchProgress>

export type WithdrawBatch = (
  input: Meant<'withdraw'>,
) => TE.TaskEither<BatchNotFound | WithdrawRemovalRefusal, BatchProgress>

/**
 * Approves what waits for approval in a batch, each request by its own rules. It does a bounded part and says where to go on; to
 * repeat a call changes nothing more. The first decision closes the batch: nothing is added to it any more.
 *
 * @returns `BatchChanged` where the batch is not the one of the preview any more, `NothingWaits` where nothing waits and nothing was
 * approved by the caller. Where the caller may approve none of it, why.
 */
export const approveBatch =
  (deps: DecideBatchDeps & ApproveRemovalDeps & { readonly signIns: SignIns }): ApproveBatch =>
  meant => {
    const { grant } = meant
    const approve = approveRemoval({ ...membersAlone(deps, meant.id), signIns: deps.signIns.forMany() })
    return decide(deps, meant, { kind: 'approved' }, id => approve({ grant, id })())
  }

/** Denies what waits for approval in a batch, as `approveBatch` approves it. */
export const denyBatch =
  (deps: DecideBatchDeps & DenyRemovalDeps): DenyBatch =>
  ({ code, note, ...meant }) => {
    const { grant } = meant
    const deny = denyRemoval(membersAlone(deps, meant.id))
    return lacksNote(code, note)
      ? TE.left({ _tag: 'NoteRequired' })
      : decide(deps, meant, { kind: 'denied', code }, id => deny({ grant, id, code, note })())
  }

/** Retries what failed in a batch, part by part. */
export const retryBatch =
  (deps: ActOnBatchDeps & RetryRemovalDeps & { readonly signIns: SignIns }): RetryBatch =>
  meant => {
    const { grant } = meant
    const retry = retryRemoval({ ...membersAlone(deps, meant.id), signIns: deps.signIns.forMany() })
    return doEach(deps, meant, ['failed'], id => retry({ grant, id })())
  }

/** Withdraws what can be withdrawn of a batch, part by part: all of it, or the caller's own where the grant reaches no further. */
export const withdrawBatch =
  (deps: ActOnBatchDeps & WithdrawRemovalDeps): WithdrawBatch =>
  meant => {
    const { grant } = meant
    const withdraw = withdrawRemoval(membersAlone(deps, meant.id))
    return doEach(deps, meant, ['pendingApproval', 'approved', 'failed'], id => withdraw({ grant, id })())
  }

/** What a batch holds its requests' histories say, and not only the rows that it is found by: anybody who may write to those could add to them. */
const membersAlone = <Deps extends Pick<ActingDeps, 'removalRequests'>>(
  deps: Deps,
  batch: BatchId,
): Deps => ({
  ...deps,
  removalRequests: {
    ...deps.removalRequests,
    load: (tenantId: TenantId, id: RemovalRequestId) =>
      pipe(
        deps.removalRequests.load(tenantId, id),
        TE.map(O.filter(request => request.state === 'unreadable' || batchesOf(request).includes(batch))),
      ),
  },
})

type DoOne<R> = (id: RemovalRequestId) => Promise<E.Either<R | Unavailable, unknown>>

const decide = <O extends 'approve' | 'deny', R extends { readonly _tag: NotDone }>(
  deps: DecideBatchDeps & Pick<ApproveRemovalDeps, 'clock'>,
  meant: Meant<O> & Seen,
  decided: Decided,
  decideOne: DoOne<R>,
): TE.TaskEither<DecideBatchRefusal<R>, BatchProgress> => {
  const { id, digest, grant, after } = meant
  return pipe(
    deps.batches.close(grant.tenantId, id, digest, deps.clock.now(), after !== null),
    TE.flatMap(found => TE.fromOption(() => batchNotFound(id))(found)),
    TE.flatMap((standing): TE.TaskEither<DecideBatchRefusal<R>, BatchProgress> => {
      if (standing.digest !== digest) return TE.left({ _tag: 'BatchChanged' })
      if (standing.waits) return doEach(deps, meant, ['pendingApproval'], decideOne)
      // The one who repeats a decision whose answer they did not hear finds it done.
      return pipe(
        deps.batches.hasDecided(grant.tenantId, id, actorOf(grant.caller), decided),
        TE.flatMap(theirs =>
          theirs ? TE.right(nothingLeft) : TE.left<NothingWaits>({ _tag: 'NothingWaits' }),
        ),
      )
    }),
  )
}

const nothingLeft: BatchProgress = { decided: 0, refused: new Map(), next: null }

/** Does something to the next requests of a batch that are in one of these states. */
const doEach = <O extends Operation, R extends { readonly _tag: NotDone }>(
  { batches, atOnce }: ActOnBatchDeps,
  { grant, id, after }: Meant<O>,
  states: ReadonlyArray<RemovalState>,
  doOne: DoOne<R>,
): TE.TaskEither<BatchNotFound | R | Unavailable, BatchProgress> =>
  pipe(
    batches.members(grant.tenantId, id, states, after, atOnce),
    TE.flatMap(found => TE.fromOption(() => batchNotFound(id))(found)),
    TE.flatMap(ids => () => doAll(ids, atOnce, doOne)),
  )

/** So many requests are come to side by side. */
const sideBySide = 32

const doAll = async <R extends { readonly _tag: NotDone }>(
  ids: ReadonlyArray<RemovalRequestId>,
  atOnce: number,
  doOne: DoOne<R>,
): Promise<E.Either<R | Unavailable, BatchProgress>> => {
  const refused = new Map<NotDone, number>()
  let decided = 0
  let refusal: R | null = null
  for (let from = 0; from < ids.length; from += sideBySide)
    for (const one of await Promise.all(ids.slice(from, from + sideBySide).map(doOne))) {
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
const isOfTheCaller = ({ _tag }: { readonly _tag: NotDone }): boolean => {
  switch (_tag) {
    case 'GuestApproval':
    case 'NoteRequired':
      return true
    // Several people may have asked for parts of a batch: what is one's own is left to others, and the other way round.
    case 'SelfApproval':
    case 'NotSubmitter':
    case 'RequestNotFound':
    case 'RequestUnreadable':
    case 'SubjectDiffers':
    case 'WrongState':
    case 'JoinedByOthers':
    case 'HolderCalled':
      return false
  }
}
