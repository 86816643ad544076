import { DateTime, HistoryResource } from '@lethe/api-contract'
import type { Resource } from './resource.js'

const dataOf = (data: Readonly<Record<string, unknown>>): string =>
  Object.entries(data)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('; ')

const columns: Resource<HistoryResource>['columns'] = [
  { name: 'requestId', cell: ({ value }) => value[0]?.envelope.requestId ?? null },
  { name: 'intact', cell: ({ intact }) => intact },
  { name: 'brokenAt', cell: ({ broken }) => broken?.position ?? null },
  { name: 'brokenBecause', cell: ({ broken }) => broken?.reason ?? null },
  { name: 'events', cell: ({ value }) => value.length },
  { name: 'headHash', cell: ({ head }) => head.hash },
]

/** The history of a removal request: whether it is intact, and every event. */
export const historyResource: Resource<HistoryResource> = {
  codec: HistoryResource,
  columns,
  summary: columns,
  details: ({ value }) => ({
    columns: ['sequence', 'atDateTime', 'type', 'hash', 'data'],
    rows: value.map(({ envelope, hash }) => [
      envelope.sequence,
      DateTime.encode(envelope.at),
      envelope.type,
      hash,
      dataOf(envelope.data),
    ]),
  }),
}
