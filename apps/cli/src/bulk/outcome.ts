import type { BatchId } from '@lethe/domain'
import * as t from 'io-ts'

export const Outcome = t.keyof(
  {
    /** A request that was made in this batch exists for the person. */
    submitted: null,
    /** The person already had an open request, made elsewhere: that one is a part of this batch, too. */
    joined: null,
    /** The tenant has no such inbound shared user. */
    notFound: null,
    /** The profile is of a user of this very tenant. */
    notInbound: null,
    /** Neither a GUID nor a user principal name. */
    malformed: null,
    /** The server turned it down for another reason. */
    refused: null,
    /** A dry run: a request would be made. */
    found: null,
    /** A dry run: the person has an open request, which would be joined. */
    alreadyOpen: null,
  },
  'Outcome',
)
/** What became of an id. */
export type Outcome = t.TypeOf<typeof Outcome>

/** Whether somebody has to look at an id again. */
export const isLeftOver = (outcome: Outcome): boolean => {
  switch (outcome) {
    case 'submitted':
    case 'joined':
    case 'found':
    case 'alreadyOpen':
      return false
    case 'notFound':
    case 'notInbound':
    case 'malformed':
    case 'refused':
      return true
  }
}

/** What became of one row. */
export interface RowResult {
  readonly number: number
  readonly cell: string
  readonly outcome: Outcome
  /** Null where there is none. */
  readonly requestId: string | null
  /** The error code of the server, where it turned the id down. */
  readonly code?: string
}

/** What became of one row that was asked for, and the batch that it was asked for with. */
export interface SubmittedRow extends RowResult {
  readonly batch: BatchId
}
