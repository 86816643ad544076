import type { BatchItemResponse, BatchResponse } from './batch.js'
import type { BatchItem } from './batch-item.js'
import type { BatchPlan } from './batch-plan.js'
import { errorBody, type ErrorOccurrence, graphErrors } from './errors.js'

/** The answers of a batch so far, by the id of the request. */
export type BatchAnswers = ReadonlyMap<string, BatchItemResponse>

/**
 * Whether a request must not be made, because something that it depends on failed: with a status from 400 on, which
 * includes the 424 of a dependency of its own. What has no answer counts as failed.
 */
export const hasFailedDependency = (item: BatchItem, answers: BatchAnswers): boolean =>
  item.dependsOn.some(id => (answers.get(id)?.status ?? 500) >= 400)

/** The answer to a request that was not made, because something that it depends on failed. */
export const failedDependency = (id: string, occurrence: ErrorOccurrence): BatchItemResponse => ({
  id,
  status: graphErrors.failedDependency.status,
  headers: { 'Content-Type': 'application/json' },
  body: errorBody(graphErrors.failedDependency, occurrence),
})

/** The body of the answer to a batch, in the order of the requests. A request without an answer is left out. */
export const assembleBatch = (plan: BatchPlan, answers: BatchAnswers): BatchResponse => ({
  responses: plan.items.map(item => answers.get(item.id)).filter(answer => answer !== undefined),
})
