import { ownRequests, RemovalRequestResource } from '@lethe/api-contract'
import type { BatchId, UserId } from '@lethe/domain'
import { type BatchItemResponse, GraphErrorBody } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { LetheApi } from '../lethe-api.js'
import type { ClientRefusal, SingleRefusal } from '../refusal.js'
import { type AskingMany, askMany, type Item } from './ask-many.js'
import type { FileRemoval } from './file-removal.js'
import type { RowResult } from './outcome.js'
import type { Row } from './read-rows.js'
import { resolveRows } from './resolve-rows.js'

/** What the answer to a submission says, as far as a run needs it: less to read for each of a million. */
const Submitted = t.type({
  id: RemovalRequestResource.type.props.id,
  batchId: RemovalRequestResource.type.props.batchId,
})

export interface SubmittingRows extends AskingMany {
  readonly lethe: AskingMany['lethe'] & Pick<LetheApi, 'identity'>
  readonly batch: BatchId
  readonly receipt: FileRemoval['receipt']
}

/** Asks for the removal of everybody whom these rows name. */
export const submitRows =
  (deps: SubmittingRows) =>
  async (rows: ReadonlyArray<Row>): Promise<E.Either<SingleRefusal, ReadonlyArray<RowResult>>> => {
    const resolved = await resolveRows(deps)(rows)
    if (E.isLeft(resolved)) return resolved
    const { named, settled } = resolved.right
    const answers = await askMany(deps, 'lethe')(named.map(({ userId }) => submissionOf(deps, userId)))
    if (E.isLeft(answers)) return answers
    const failed = answers.right.find(({ status }) => status >= 500)
    if (failed !== undefined) return E.left(serverFailed(failed))
    if (answers.right.some(({ status }) => status === 403)) {
      const identity = await deps.lethe.identity()
      if (E.isLeft(identity)) return identity
      if (!identity.right.operations.includes('submit'))
        return E.left({ _tag: 'MayNot', operation: 'submit' })
    }
    return E.right([
      ...settled,
      ...named.map(({ row }, index) => resultOf(deps.batch, row, answers.right[index])),
    ])
  }

const submissionOf = ({ batch, receipt }: SubmittingRows, userId: UserId): Item => ({
  method: 'POST',
  url: ownRequests,
  headers: { 'Content-Type': 'application/json' },
  body: { userId, batchId: batch, ...receipt },
})

const resultOf = (batch: BatchId, row: Row, answer: BatchItemResponse | undefined): RowResult => {
  if (answer?.status === 200 || answer?.status === 201) {
    const submitted = Submitted.decode(answer.body)
    if (E.isLeft(submitted)) return { ...row, outcome: 'refused', requestId: null, code: 'unreadable' }
    const { id, batchId } = submitted.right
    return { ...row, outcome: batchId === batch ? 'submitted' : 'joined', requestId: id }
  }
  if (answer?.status === 404) return { ...row, outcome: 'notFound', requestId: null }
  // Who may submit at all was asked: what is left is a user of this very tenant.
  if (answer?.status === 403) return { ...row, outcome: 'notInbound', requestId: null }
  return { ...row, outcome: 'refused', requestId: null, code: codeIn(answer) }
}

const codeIn = (answer: BatchItemResponse | undefined): string => {
  const error = GraphErrorBody.decode(answer?.body)
  return E.isRight(error) ? error.right.error.code : String(answer?.status ?? 'unanswered')
}

const serverFailed = (answer: BatchItemResponse): ClientRefusal => ({
  _tag: 'ServerFailed',
  status: answer.status,
  code: codeIn(answer),
  message: 'The server failed on one of the ids.',
  why: null,
  requestId: null,
  retryAfter: null,
})
