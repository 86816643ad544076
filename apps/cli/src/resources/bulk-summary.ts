import { BatchId } from '@lethe/domain'
import * as t from 'io-ts'
import type { Resource } from './resource.js'

const BulkSummary = t.strict(
  {
    /** Null for a dry run. */
    batchId: t.union([BatchId, t.null]),
    /** How many requests the batch holds; null for a dry run, and where that could not be asked. */
    requests: t.union([t.number, t.null]),
    ids: t.number,
    submitted: t.number,
    joined: t.number,
    found: t.number,
    alreadyOpen: t.number,
    notFound: t.number,
    notInbound: t.number,
    malformed: t.number,
    refused: t.number,
    /** Where there is a line for each id; null where there is none. */
    results: t.union([t.string, t.null]),
  },
  'BulkSummary',
)
/** What became of all ids of a file, with those of earlier runs that this one went on from. */
export type BulkSummary = t.TypeOf<typeof BulkSummary>

const columns: Resource<BulkSummary>['columns'] = [
  { name: 'batchId', cell: ({ batchId }) => batchId },
  { name: 'requests', cell: ({ requests }) => requests },
  { name: 'ids', cell: ({ ids }) => ids },
  { name: 'submitted', cell: ({ submitted }) => submitted },
  { name: 'joined', cell: ({ joined }) => joined },
  { name: 'found', cell: ({ found }) => found },
  { name: 'alreadyOpen', cell: ({ alreadyOpen }) => alreadyOpen },
  { name: 'notFound', cell: ({ notFound }) => notFound },
  { name: 'notInbound', cell: ({ notInbound }) => notInbound },
  { name: 'malformed', cell: ({ malformed }) => malformed },
  { name: 'refused', cell: ({ refused }) => refused },
  { name: 'results', cell: ({ results }) => results },
]

export const bulkSummaryResource: Resource<BulkSummary> = { codec: BulkSummary, columns, summary: columns }
