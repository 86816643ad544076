import type { BatchId } from '@lethe/domain'
import { stringify } from 'csv-stringify/sync'
import type { Outcome, RowResult, SubmittedRow } from './outcome.js'

/** Where a batch was sent to, and with what: a file of results is for that alone. */
export interface Destination {
  readonly server: string
  /** Of the resource tenant; an empty text where the server did not say. */
  readonly tenant: string
  /** When the people asked; an empty text for the time of each submission. */
  readonly received: string
}

/** The names of the columns. */
export const columns = ['row', 'id', 'outcome', 'requestId', 'batchId', 'code']

/** The first lines of a file of results. The second one says what it is of. */
export const headOf = (batch: BatchId, destination: Destination): string =>
  linesOf([columns]) + lineOfBatch(batch, destination)

/** Says that a batch was begun: the first one, or the next one because that before was closed. */
export const lineOfBatch = (batch: BatchId, { server, tenant, received }: Destination): string =>
  linesOf([[0, server, 'begun', tenant, batch, received]])

export const linesOfResults = (results: ReadonlyArray<SubmittedRow>): string =>
  linesOf(
    inOrder(results).map(({ number, cell, outcome, requestId, batch, code }) => [
      number,
      shownId(outcome, cell),
      outcome,
      requestId,
      batch,
      code ?? null,
    ]),
  )

/** The first line of a file in which a preview says what would become of each id. */
export const previewHead = (): string => linesOf([['row', 'id', 'outcome']])

export const linesOfPreview = (results: ReadonlyArray<RowResult>): string =>
  linesOf(inOrder(results).map(({ number, cell, outcome }) => [number, shownId(outcome, cell), outcome]))

/** Of what was asked together; parts come as they are done. */
const inOrder = <R extends RowResult>(results: ReadonlyArray<R>): ReadonlyArray<R> =>
  results.toSorted((one, other) => one.number - other.number)

/** What a malformed one is nobody knows: a formula, or many lines. The row says where it stands. */
const shownId = (outcome: Outcome, cell: string): string => (outcome === 'malformed' ? '' : cell)

/** CSV as RFC 4180 has it. */
const linesOf = (records: Parameters<typeof stringify>[0]): string =>
  stringify(records, { record_delimiter: 'windows' })
