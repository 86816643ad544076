import type { RemovalRequestId } from '@lethe/domain'
import { digestOf } from './batch-digest.js'
import type { ShownBatch } from './known-batches.js'
import type { KnownRequests } from './known-requests.js'
import type { Stage } from './stage.js'

/** What is told while a call decides a part of a batch. */
export interface Deciding {
  /** What waits to be decided was read. */
  readonly read: () => void
  /** Something was appended to a request. */
  readonly appended: (id: RemovalRequestId) => void
  /** The call was refused. */
  readonly refused: (tag: string) => void
}

/** Watches one call that decides a batch as it was shown. */
export const watchDecision = (
  { report }: Pick<Stage, 'report'>,
  known: KnownRequests,
  { tenantId, id: batch, digest, members }: ShownBatch,
): Deciding => {
  let [changed, touched] = [false, false]
  return {
    read: () => {
      changed = digestOf(known.inBatch(tenantId, batch)) !== digest
    },
    appended: id => {
      touched = true
      if (!members.has(id))
        report('batchDecidesWhatWasShown', `${known.labelOf(id)} was not in the batch that was decided`)
      else if (changed)
        report('changedBatchIsLeftAlone', `${known.labelOf(id)} was decided with a batch that had changed`)
    },
    refused: tag => {
      if (tag !== 'BatchChanged') return
      if (touched)
        report('changedBatchIsLeftAlone', 'a batch was said to have changed, and some of it was decided')
      else if (!changed) report('changedBatchIsLeftAlone', 'a batch was said to have changed, and had not')
    },
  }
}
