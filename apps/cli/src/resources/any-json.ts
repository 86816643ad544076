import type { Json } from '../json.js'
import type { Cell, Sheet } from './resource.js'

/** Results of a query that are no resource any more: a sheet with every property that one of them has. */
export const sheetOf = (items: ReadonlyArray<Json>): Sheet => {
  const records = items.map(recordOf)
  const columns = [...new Set(records.flatMap(record => [...record.keys()]))]
  return { columns, rows: records.map(record => columns.map(name => cellOf(record.get(name) ?? null))) }
}

/** Whether a result has no properties of its own. */
export const isScalar = (json: Json): json is Cell => json === null || typeof json !== 'object'

const recordOf = (json: Json): ReadonlyMap<string, Json> => {
  if (isScalar(json)) return new Map([['value', json]])
  return new Map(
    Array.isArray(json)
      ? json.map((item, index): [string, Json] => [`column${index + 1}`, item])
      : Object.entries(json),
  )
}

/** What is nested deeper stays JSON. */
const cellOf = (json: Json): Cell => (isScalar(json) ? json : JSON.stringify(json))
