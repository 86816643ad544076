import { type IdentityResource, ownRequests, RemovalRequestResource } from '@lethe/api-contract'
import type { BatchId, Instant, UserId } from '@lethe/domain'
import { type BatchItemResponse, GraphErrorBody } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { LetheApi } from '../lethe-api.js'
import type { ClientRefusal, SingleRefusal } from '../refusal.js'
import { type AskingMany, askMany, type Item } from './ask-many.js'
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
  /** Begins another batch in the place of one that is closed. */
  readonly insteadOf: (closed: BatchId) => Promise<E.Either<SingleRefusal, void>>
}

export interface SubmittingRows extends AskingMany {
  readonly lethe: AskingMany['lethe'] & Pick<LetheApi, 'identity' | 'batchOf'>
  readonly batches: BatchesOfFile
  readonly receivedAt: Instant | null
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
  const ask = askingWith(deps)
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
      const asked = await ask(batch, open)
      if (E.isLeft(asked)) return asked
      results.push(...asked.right.results)
      open = asked.right.closed
    }
    while (open.length > 0) {
      const batch = current()
      const asked = await ask(batch, open)
      if (E.isLeft(asked)) return asked
      results.push(...asked.right.results)
      open = asked.right.closed
      const begun = open.length === 0 ? E.right(undefined) : await insteadOf(batch)
      if (E.isLeft(begun)) return begun
    }
    return E.right(results)
  }
}

const askingWith = (deps: SubmittingRows) => {
  /** Batches that the caller is known to have made: that never changes. */
  const own = new Set<BatchId>()
  return async (batch: BatchId, named: ReadonlyArray<NamedRow>): Promise<E.Either<SingleRefusal, Asked>> => {
    if (named.length === 0) return E.right({ results: [], closed: [] })
    const answers = await askMany(deps, 'lethe')(named.map(({ userId }) => submissionOf(deps, batch, userId)))
    if (E.isLeft(answers)) return answers
    const failed = answers.right.find(({ status }) => status >= 500)
    if (failed !== undefined) return E.left(serverFailed(failed))
    if (answers.right.some(({ status }) => status === 201)) own.add(batch)
    if (answers.right.some(({ status }) => status === 403)) {
      const identity = await deps.lethe.identity()
      if (E.isLeft(identity)) return identity
      if (!identity.right.operations.includes('submit'))
        return E.left({ _tag: 'MayNot', operation: 'submit' })
      const made = own.has(batch) ? E.right(true) : await isOwn(deps, batch, identity.right)
      if (E.isLeft(made)) return made
      if (!made.right) return E.left({ _tag: 'BatchOfOther', batch })
      own.add(batch)
    }
    const isClosed = (index: number): boolean => answers.right[index]?.status === 409
    return E.right({
      results: named.flatMap(({ row }, index) =>
        isClosed(index) ? [] : [resultOf(batch, row, answers.right[index])],
      ),
      closed: named.filter((_, index) => isClosed(index)),
    })
  }
}

/** Whether the caller may add to a batch: it is theirs, or not there yet. */
const isOwn = async (
  { lethe }: SubmittingRows,
  id: BatchId,
  { userId, appId }: IdentityResource,
): Promise<E.Either<ClientRefusal, boolean>> => {
  const batch = await lethe.batchOf(id)()
  if (E.isLeft(batch)) return batch.left._tag === 'NotFound' ? E.right(true) : batch
  const { madeBy } = batch.right
  return E.right(
    madeBy !== null &&
      (userId === null ? madeBy.userId === null && madeBy.appId === appId : madeBy.userId === userId),
  )
}

const submissionOf = ({ receivedAt }: SubmittingRows, batch: BatchId, userId: UserId): Item => ({
  method: 'POST',
  url: ownRequests,
  headers: { 'Content-Type': 'application/json' },
  body: {
    userId,
    batchId: batch,
    ...(receivedAt === null ? {} : { receivedDateTime: receivedAt }),
  },
})

const resultOf = (batch: BatchId, row: Row, answer: BatchItemResponse | undefined): SubmittedRow => {
  if (answer?.status === 200 || answer?.status === 201) {
    const submitted = Submitted.decode(answer.body)
    if (E.isLeft(submitted)) return { ...row, outcome: 'refused', requestId: null, batch, code: 'unreadable' }
    const { id, batchId } = submitted.right
    return { ...row, outcome: batchId === batch ? 'submitted' : 'joined', requestId: id, batch }
  }
  if (answer?.status === 404) return { ...row, outcome: 'notFound', requestId: null, batch }
  // Who may submit at all, and add to the batch, was asked: what is left is a user of this very tenant.
  if (answer?.status === 403) return { ...row, outcome: 'notInbound', requestId: null, batch }
  return { ...row, outcome: 'refused', requestId: null, batch, code: codeIn(answer) }
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
  requestId: null,
  retryAfter: null,
})
