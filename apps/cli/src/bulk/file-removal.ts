import type { BatchId, Instant } from '@lethe/domain'
import type * as E from 'fp-ts/lib/Either.js'
import type { Refusal } from '../refusal.js'
import type { ColumnChoice } from './column.js'

/** A file of people whose data is to be removed. */
export interface FileRemoval {
  /** `-` for stdin. */
  readonly file: string
  readonly column: ColumnChoice
  /** Null for a new one, or for that of the results that are there. */
  readonly batch: BatchId | null
  /** Null for the usual place. */
  readonly results: string | null
  readonly receivedAt: Instant | null
  readonly dryRun: boolean
  readonly force: boolean
}

/** How work on a file ends. */
export type Ended = Promise<E.Either<Refusal, void>>
