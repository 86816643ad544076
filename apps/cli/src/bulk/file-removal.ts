import type { NewRemovalRequest } from '@lethe/api-contract'
import type { BatchId } from '@lethe/domain'
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
  /** What is sent of when the people asked. */
  readonly receipt: Pick<NewRemovalRequest, 'receivedDateTime' | 'receivedConfirmed'>
  readonly dryRun: boolean
  readonly force: boolean
}

/** How work on a file ends. */
export type Ended = Promise<E.Either<Refusal, void>>
