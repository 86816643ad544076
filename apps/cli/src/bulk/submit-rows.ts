import { ownRequests, RemovalRequestResource } from '@lethe/api-contract'
import type { BatchId, Instant, UserId } from '@lethe/domain'
import type { BatchItemResponse } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { ClientRefusal } from '../refusal.js'
import { type AskingMany, askMany, type Item } from './ask-many.js'
import type { RowResult } from './outcome.js'
import type { Row } from './read-rows.js'
import { resolveRows } from './resolve-rows.js'

/** What the answer to a submission says, as far as a run needs it: less to read for each of a million. */
const Submitted = t.type({
  id: RemovalRequestResource.type.props.id,
  batchId: RemovalRequestResource.type.props.batchId,
})

export interface SubmittingRows extends AskingMany {
  readonly batch: BatchId
  readonly receivedAt: Instant | null
}

/** Asks for the removal of everybody whom these rows name. */
export const submitRows =
  (deps: SubmittingRows) =>
  async (rows: ReadonlyArray<Row>): Promise<E.Either<ClientRefusal, ReadonlyArray<RowResult>>> => {
    const resolved = await resolveRows(deps)(rows)
    if (E.isLeft(resolved)) return resolved
    const { named, settled } = resolved.right
    const answers = await askMany(deps, 'lethe')(named.map(({ userId }) => submissionOf(deps, userId)))
    if (E.isLeft(answers)) return answers
    return E.right([
      ...settled,
      ...named.map(({ row }, index) => resultOf(deps.batch, row, answers.right[index])),
    ])
  }

const submissionOf = ({ batch, receivedAt }: SubmittingRows, userId: UserId): Item => ({
  method: 'POST',
  url: ownRequests,
  headers: { 'Content-Type': 'application/json' },
  body: {
    userId,
    batchId: batch,
    ...(receivedAt === null ? {} : { receivedDateTime: receivedAt }),
  },
})

const resultOf = (batch: BatchId, row: Row, answer: BatchItemResponse | undefined): RowResult => {
  if (answer?.status === 200 || answer?.status === 201) {
    const submitted = Submitted.decode(answer.body)
    if (E.isLeft(submitted)) return { ...row, outcome: 'refused', requestId: null }
    const { id, batchId } = submitted.right
    return { ...row, outcome: batchId === batch ? 'submitted' : 'joined', requestId: id }
  }
  if (answer?.status === 404) return { ...row, outcome: 'notFound', requestId: null }
  // Who may submit at all was asked before: what is left is a user of this very tenant.
  return { ...row, outcome: answer?.status === 403 ? 'notInbound' : 'refused', requestId: null }
}
