import type { BatchItem } from './batch-item.js'
import type { BatchPlan } from './batch-plan.js'
import { errorBody, type ErrorOccurrence, type GraphErrorRow, graphErrors } from './errors.js'

/** The answer to one request of a batch. */
export interface BatchAnswer {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON as it came, which is not read again; empty for none. */
  readonly body: string
}

/** The answer to one request of a batch, as it stands in the answer to the batch. */
export interface WrittenBatchAnswer {
  readonly status: number
  readonly text: string
}

/** The answers of a batch so far, by the id of the request. */
export type BatchAnswers = ReadonlyMap<string, WrittenBatchAnswer>

/**
 * Whether a request must not be made, because something that it depends on failed: with a status from 400 on, which
 * includes the 424 of a dependency of its own. What has no answer counts as failed.
 */
export const hasFailedDependency = (item: BatchItem, answers: BatchAnswers): boolean =>
  item.dependsOn.some(id => (answers.get(id)?.status ?? 500) >= 400)

/** Writes an answer as a `BatchItemResponse`. One without content has no body. */
export const writeBatchAnswer = ({ id, status, headers, body }: BatchAnswer): WrittenBatchAnswer => ({
  status,
  text: `${JSON.stringify({ id, status, headers }).slice(0, -1)}${body === '' ? '' : `,"body":${body}`}}`,
})

const writeBatchError =
  (row: GraphErrorRow) =>
  (id: string, occurrence: ErrorOccurrence): WrittenBatchAnswer =>
    writeBatchAnswer({
      id,
      status: row.status,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(errorBody(row, occurrence)),
    })

/** The answer to a request that was not made, because something that it depends on failed. */
export const failedDependency = writeBatchError(graphErrors.failedDependency)

/** The answer instead of one that would make the answer to the batch too large. */
export const batchAnswerTooLarge = writeBatchError(graphErrors.batchAnswerTooLarge)

/** The body of the answer to a batch, a `BatchResponse` in the order of the requests. A request without an answer is left out. */
export const writeBatch = (plan: BatchPlan, answers: BatchAnswers): string =>
  `{"responses":[${plan.items.flatMap(item => answers.get(item.id)?.text ?? []).join(',')}]}`
