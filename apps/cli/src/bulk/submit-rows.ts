import { ownRequests, RemovalRequestResource } from '@lethe/api-contract'
import type { BatchId, UserId } from '@lethe/domain'
import { type BatchItemResponse, GraphErrorBody } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { ClientRefusal, SingleRefusal } from '../refusal.js'
import { type AskingMany, askMany, type Item } from './ask-many.js'
import type { FileRemoval } from './file-removal.js'
import type { SubmittedRow } from './outcome.js'
import type { Row } from './read-rows.js'
import { type NamedRow, resolveRows } from './resolve-rows.js'

/** What the answer to a submission says, as far as a run needs it: less to read for each of a million. */
const Submitted = t.type({
  id: RemovalRequestResource.type.props.id,
  batchId: RemovalRequestResource.type.props.batchId,
})

/** The batches that a file comes to. */
interface BatchesOfFile {
  /** Those of earlier runs, which are closed: somebody who was asked for may be in one of them without the run having heard of it. */
  readonly earlier: ReadonlyArray<BatchId>
  readonly current: () => BatchId
  /** Begins another batch instead of one that is closed. */
  readonly insteadOf: (closed: BatchId) => Promise<E.Either<SingleRefusal, void>>
}

export interface SubmittingRows extends AskingMany {
  readonly batches: BatchesOfFile
  readonly receipt: FileRemoval['receipt']
}

/** What became of rows that were asked for with one batch, and those that it does not take any more. */
interface Asked {
  readonly results: ReadonlyArray<SubmittedRow>
  readonly closed: ReadonlyArray<NamedRow>
}

/** Asks for the removal of everybody whom these rows name: with another batch, where one was closed meanwhile. */
export const submitRows = (
  deps: SubmittingRows,
): ((rows: ReadonlyArray<Row>) => Promise<E.Either<SingleRefusal, ReadonlyArray<SubmittedRow>>>) => {
  const { earlier, current, insteadOf } = deps.batches
  return async rows => {
    const resolved = await resolveRows(deps)(rows)
    if (E.isLeft(resolved)) return resolved
    const results: Array<SubmittedRow> = resolved.right.settled.map(settled => ({
      ...settled,
      batch: current(),
    }))
    let open = resolved.right.named
    for (const batch of earlier) {
      const asked = await ask(deps, batch, open)
      if (E.isLeft(asked)) return asked
      results.push(...asked.right.results)
      open = asked.right.closed
    }
    while (open.length > 0) {
      const batch = current()
      const asked = await ask(deps, batch, open)
      if (E.isLeft(asked)) return asked
      results.push(...asked.right.results)
      open = asked.right.closed
      const begun = open.length === 0 ? E.right(undefined) : await insteadOf(batch)
      if (E.isLeft(begun)) return begun
    }
    return E.right(results)
  }
}

const ask = async (
  deps: SubmittingRows,
  batch: BatchId,
  named: ReadonlyArray<NamedRow>,
): Promise<E.Either<SingleRefusal, Asked>> => {
  if (named.length === 0) return E.right({ results: [], closed: [] })
  const answers = await askMany(deps, 'lethe')(named.map(({ userId }) => submissionOf(deps, batch, userId)))
  if (E.isLeft(answers)) return answers
  const results: Array<SubmittedRow> = []
  const closed: Array<NamedRow> = []
  for (const [index, one] of named.entries()) {
    const answer = answers.right[index]
    if (answer !== undefined && answer.status >= 500) return E.left(serverFailed(answer))
    const reason = errorIn(answer)?.innerError?.reason
    if (reason === 'batchClosed') closed.push(one)
    else if (reason === 'notBatchMaker') return E.left({ _tag: 'BatchOfOther', batch })
    else if (answer?.status === 403 && reason !== 'notInbound')
      return E.left({ _tag: 'MayNot', operation: 'submit' })
    else results.push(resultOf(batch, one.row, answer))
  }
  return E.right({ results, closed })
}

const submissionOf = ({ receipt }: SubmittingRows, batch: BatchId, userId: UserId): Item => ({
  method: 'POST',
  url: ownRequests,
  headers: { 'Content-Type': 'application/json' },
  body: { userId, batchId: batch, ...receipt },
})

const resultOf = (batch: BatchId, row: Row, answer: BatchItemResponse | undefined): SubmittedRow => {
  if (answer?.status === 200 || answer?.status === 201) {
    const submitted = Submitted.decode(answer.body)
    if (E.isLeft(submitted)) return { ...row, outcome: 'refused', requestId: null, batch, code: 'unreadable' }
    const { id, batchId } = submitted.right
    return { ...row, outcome: batchId === batch ? 'submitted' : 'joined', requestId: id, batch }
  }
  if (answer?.status === 404) return { ...row, outcome: 'notFound', requestId: null, batch }
  if (answer?.status === 403) return { ...row, outcome: 'notInbound', requestId: null, batch }
  return { ...row, outcome: 'refused', requestId: null, batch, code: codeIn(answer) }
}

const errorIn = (answer: BatchItemResponse | undefined): GraphErrorBody['error'] | null => {
  const body = GraphErrorBody.decode(answer?.body)
  return E.isRight(body) ? body.right.error : null
}

const codeIn = (answer: BatchItemResponse | undefined): string =>
  errorIn(answer)?.code ?? String(answer?.status ?? 'unanswered')

const serverFailed = (answer: BatchItemResponse): ClientRefusal => ({
  _tag: 'ServerFailed',
  status: answer.status,
  code: codeIn(answer),
  message: 'The server failed on one of the ids.',
  why: null,
  requestId: null,
  retryAfter: null,
})
