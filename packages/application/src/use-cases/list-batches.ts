import type { Grant } from '@lethe/domain'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Batches, BatchFilter, ListedBatch } from '../ports/batches.js'
import type { Page, PageRequest } from '../ports/page.js'
import type { InvalidPageToken, Unavailable } from '../ports/problems.js'

export interface ListBatchesDeps {
  readonly batches: Pick<Batches, 'list'>
}

export type ListBatches = (input: {
  readonly grant: Grant<'listRemovalRequests'>
  readonly filter: BatchFilter
  readonly page: PageRequest
}) => TE.TaskEither<InvalidPageToken | Unavailable, Page<ListedBatch>>

/** Batches of the caller's tenant, the newest first. */
export const listBatches =
  ({ batches }: ListBatchesDeps): ListBatches =>
  ({ grant, filter, page }) =>
    batches.list(grant.tenantId, filter, page)
