import type { BatchId, Grant } from '@lethe/domain'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Batches, BatchSummary } from '../ports/batches.js'
import type { Actor } from '../ports/people.js'
import type { Unavailable } from '../ports/problems.js'
import type { RemovalRequests } from '../ports/removal-requests.js'
import { type BatchNotFound, batchNotFound } from './refusals.js'
import { type StoredView, type ViewDeps, viewStored } from './removal-request-view.js'

export interface GetBatchDeps extends ViewDeps {
  readonly batches: Pick<Batches, 'summary'>
  readonly removalRequests: Pick<RemovalRequests, 'load'>
}

/** What an approver looks at before they decide a batch. */
export interface BatchPreview {
  readonly id: BatchId
  readonly summary: BatchSummary
  /** Who made it; null once erased. */
  readonly maker: Actor | null
  readonly sample: ReadonlyArray<StoredView>
}

export type GetBatch = (input: {
  readonly grant: Grant<'getRemovalRequest'>
  readonly id: BatchId
}) => TE.TaskEither<BatchNotFound | Unavailable, BatchPreview>

/** A batch of the caller's tenant: how much it is, how it stands, and a few of its requests. */
export const getBatch =
  (deps: GetBatchDeps): GetBatch =>
  ({ grant: { tenantId }, id }) =>
    pipe(
      deps.batches.summary(tenantId, id),
      TE.flatMap(found => TE.fromOption(() => batchNotFound(id))(found)),
      TE.flatMap(summary =>
        pipe(
          summary.sample,
          TE.traverseArray(sampled => deps.removalRequests.load(tenantId, sampled)),
          TE.flatMap(requests => viewStored(deps)(tenantId, RA.compact(requests))),
          TE.bindTo('sample'),
          TE.bind('makers', () => deps.actors.resolve(tenantId, [summary.maker])),
          TE.map(({ sample, makers }) => ({
            id,
            summary,
            maker: makers.get(summary.maker) ?? null,
            sample,
          })),
        ),
      ),
    )
