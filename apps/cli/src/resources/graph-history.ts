import { DateTime } from '@lethe/api-contract'
import { Hash, RemovalRequestId, TenantId } from '@lethe/domain'
import type { HistoryEntry } from '@lethe/standalone/history'
import * as t from 'io-ts'
import type { Resource } from './resource.js'

const textOrNull = t.union([t.string, t.null])

const GraphHistoryEntry = t.strict(
  {
    entry: t.number,
    atDateTime: DateTime,
    removalId: RemovalRequestId,
    event: t.string,
    holder: textOrNull,
    outcome: textOrNull,
  },
  'GraphHistoryEntry',
)
export type GraphHistoryEntry = t.TypeOf<typeof GraphHistoryEntry>

export const graphHistoryEntryOf = ({
  entry,
  at,
  requestId,
  event,
  holder,
  outcome,
}: HistoryEntry): GraphHistoryEntry => ({
  entry,
  atDateTime: at,
  removalId: requestId,
  event,
  holder,
  outcome,
})

const entryColumns: Resource<GraphHistoryEntry>['columns'] = [
  { name: 'entry', cell: ({ entry }) => entry },
  { name: 'atDateTime', cell: ({ atDateTime }) => DateTime.encode(atDateTime) },
  { name: 'removalId', cell: ({ removalId }) => removalId },
  { name: 'event', cell: ({ event }) => event },
  { name: 'holder', cell: ({ holder }) => holder },
  { name: 'outcome', cell: ({ outcome }) => outcome },
]

/** What happened in a removal without a server. */
export const graphHistoryEntryResource: Resource<GraphHistoryEntry> = {
  codec: GraphHistoryEntry,
  columns: entryColumns,
  summary: entryColumns,
}

const GraphHistoryCheck = t.strict(
  {
    tenantId: TenantId,
    intact: t.boolean,
    brokenAt: t.union([t.number, t.null]),
    brokenBecause: textOrNull,
    /** How many entries were checked and are unchanged. */
    entries: t.number,
    headHash: t.union([Hash, t.null]),
    /** Whether the file ends in half a line, which a process that was cut off left. */
    unfinished: t.boolean,
  },
  'GraphHistoryCheck',
)
export type GraphHistoryCheck = t.TypeOf<typeof GraphHistoryCheck>

const checkColumns: Resource<GraphHistoryCheck>['columns'] = [
  { name: 'tenantId', cell: ({ tenantId }) => tenantId },
  { name: 'intact', cell: ({ intact }) => intact },
  { name: 'brokenAt', cell: ({ brokenAt }) => brokenAt },
  { name: 'brokenBecause', cell: ({ brokenBecause }) => brokenBecause },
  { name: 'entries', cell: ({ entries }) => entries },
  { name: 'headHash', cell: ({ headHash }) => headHash },
  { name: 'unfinished', cell: ({ unfinished }) => unfinished },
]

/** Whether a local history is as it was written. */
export const graphHistoryCheckResource: Resource<GraphHistoryCheck> = {
  codec: GraphHistoryCheck,
  columns: checkColumns,
  summary: checkColumns,
}
