import { randomUUID } from 'node:crypto'
import { BatchId, type Instant, type TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { confirm } from '../confirm.js'
import type { Refusal, SingleRefusal } from '../refusal.js'
import { bulkSummaryResource } from '../resources/bulk-summary.js'
import type { Session } from '../session.js'
import { atOnce } from './ask-many.js'
import type { ColumnChoice } from './column.js'
import { eachChunk } from './each-chunk.js'
import { type InputFile, openInput } from './input-file.js'
import type { Outcome, RowResult } from './outcome.js'
import { patienceOf } from './patience.js'
import { previewRows } from './preview-rows.js'
import { progressOf } from './progress.js'
import { readRows, type Row } from './read-rows.js'
import { leftOverIn, openResults, type ResultsFile, unusable } from './results-file.js'
import { submitRows } from './submit-rows.js'

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

/** So many batches of requests are under way at a time. */
const sideBySide = 8

type Done = Promise<E.Either<Refusal, void>>

/** Asks for the removal of everybody in a file, goes on where an earlier run stopped, and says what became of each. */
export const removeFile = (removal: FileRemoval) => (session: Session) => async (): Done => {
  session.io.holdLittle()
  const input = await openInput(session.io, removal.file)
  if (E.isLeft(input)) return input
  try {
    return await removeAll(session, removal, input.right)
  } finally {
    input.right.close()
  }
}

const removeAll = async (session: Session, removal: FileRemoval, input: InputFile): Done => {
  const identity = await session.lethe.identity()
  if (E.isLeft(identity)) return identity
  if (!identity.right.operations.includes('submit') && !removal.dryRun)
    return E.left({ _tag: 'MayNot', operation: 'submit' })
  const total = input.isFile ? await countRows(input, removal) : E.right(null)
  if (E.isLeft(total)) return total
  return removal.dryRun
    ? preview(session, removal, input, total.right, identity.right.tenantId)
    : submit(session, removal, input, total.right, identity.right.tenantId)
}

/** One more look at a file is cheap, and lets its mistakes show before anything was asked for. */
const countRows = async (
  input: InputFile,
  { file, column }: FileRemoval,
): Promise<E.Either<SingleRefusal, number>> => {
  let count = 0
  try {
    for await (const row of readRows(input.chunks(), column)) {
      if (E.isLeft(row)) return row
      count = row.right.number
    }
    return E.right(count)
  } catch (error) {
    return E.left(unusable(file, error))
  }
}

const submit = async (
  session: Session,
  removal: FileRemoval,
  input: InputFile,
  total: number | null,
  tenantId: TenantId | null,
): Done => {
  const newBatch = BatchId.decode(randomUUID())
  if (E.isLeft(newBatch)) throw new Error('A UUID is a GUID')
  const batch = removal.batch ?? newBatch.right
  const path = removal.results ?? (input.isFile ? `${removal.file}.results.csv` : `lethe-${batch}.csv`)
  if (!removal.force) {
    const confirmed = await confirm(session.io)(questionOf(session, removal.file, total))()
    if (E.isLeft(confirmed)) return confirmed
  }
  const opened = await openResults(path, {
    batch,
    isGiven: removal.batch !== null,
    destination: {
      server: session.server,
      tenant: tenantId ?? '',
      received: removal.receivedAt ?? '',
    },
  })
  if (E.isLeft(opened)) return opened
  const results = opened.right
  await session.say(
    results.done.count() === 0
      ? `batch ${results.batch}; what becomes of each id is written to ${path}.`
      : `going on with batch ${results.batch}: ${results.done.count()} ids in ${path} are done.`,
  )
  if (!input.isFile && removal.batch === null)
    await session.say(`to go on after an interruption, add --batch ${results.batch} to the same command.`)
  const many = manyOf(session)
  const submitting = submitRows({ ...many, batch: results.batch, receivedAt: removal.receivedAt })
  const ended = await work(session, removal, input, total, results, async rows => {
    const done = await submitting(rows)
    if (E.isLeft(done)) return done
    const written = await results.write(done.right)
    return E.isLeft(written) ? written : done
  })
  await results.close()
  return conclude(session, ended, results.counts, {
    batch: results.batch,
    path,
    again: input.isFile ? 'The same command' : `The same command with --batch ${results.batch}`,
  })
}

const preview = async (
  session: Session,
  removal: FileRemoval,
  input: InputFile,
  total: number | null,
  tenantId: TenantId | null,
): Done => {
  const counts = new Map<Outcome, number>()
  const looking = previewRows({ ...manyOf(session), tenantId })
  const ended = await work(session, removal, input, total, null, async rows => {
    const done = await looking(rows)
    if (E.isRight(done))
      for (const { outcome } of done.right) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    return done
  })
  return conclude(session, ended, counts, null)
}

const manyOf = ({ io, lethe, say }: Session) => ({
  io,
  lethe,
  patience: patienceOf(io, say, Math.random),
})

const work = async (
  { io, during }: Session,
  removal: FileRemoval,
  input: InputFile,
  total: number | null,
  results: ResultsFile | null,
  workOn: (rows: ReadonlyArray<Row>) => Promise<E.Either<SingleRefusal, ReadonlyArray<RowResult>>>,
): Promise<E.Either<SingleRefusal, void>> => {
  const progress = progressOf(total, results?.done.count() ?? 0, io.now)
  const open = openRows(readRows(input.chunks(), removal.column), results)
  return during(progress.line, () =>
    eachChunk(
      open,
      { size: atOnce, sideBySide },
      io,
      async rows => {
        const worked = await workOn(rows)
        if (E.isLeft(worked)) return worked
        progress.advance(rows.length)
        return E.right(undefined)
      },
      error => unusable(removal.file, error),
    ),
  )
}

/** Rows that are not done yet. A row that is done with another id shows that the file is not the one that it was. */
async function* openRows(
  rows: AsyncIterable<E.Either<SingleRefusal, Row>>,
  results: ResultsFile | null,
): AsyncGenerator<E.Either<SingleRefusal, Row>> {
  for await (const row of rows) {
    const look =
      E.isRight(row) && results !== null ? results.done.look(row.right.number, row.right.cell) : 'open'
    if (look === 'changed' && E.isRight(row)) {
      yield E.left({ _tag: 'FileChanged', row: row.right.number })
      return
    }
    if (look === 'open') yield row
  }
}

const conclude = async (
  { output, say }: Session,
  ended: E.Either<SingleRefusal, void>,
  counts: ReadonlyMap<Outcome, number>,
  made: { readonly batch: BatchId; readonly path: string; readonly again: string } | null,
): Done => {
  const of = (outcome: Outcome): number => counts.get(outcome) ?? 0
  const shown = await output.one(bulkSummaryResource, {
    batchId: made?.batch ?? null,
    ids: [...counts.values()].reduce((sum, count) => sum + count, 0),
    submitted: of('submitted'),
    joined: of('joined'),
    found: of('found'),
    alreadyOpen: of('alreadyOpen'),
    notFound: of('notFound'),
    notInbound: of('notInbound'),
    malformed: of('malformed'),
    refused: of('refused'),
    results: made?.path ?? null,
  })()
  if (E.isLeft(ended)) {
    if (made !== null)
      await say(`not all of it is done. ${made.again} goes on where this one stopped (${made.path}).`)
    return ended
  }
  if (E.isLeft(shown)) return shown
  if (made !== null && of('submitted') > 0)
    await say(`an approver decides it with: lethe batches approve ${made.batch}`)
  const left = leftOverIn(counts)
  return left === 0 ? E.right(undefined) : E.left({ _tag: 'LeftOver', count: left, path: made?.path ?? null })
}

const questionOf = (
  { server, token }: Session,
  file: string,
  total: number | null,
): ReadonlyArray<string> => [
  `This asks ${server} to remove all personal data of the ${total ?? ''} people in ${file}`.replace(
    '  ',
    ' ',
  ),
  `from the tenant ${token.tenantId ?? 'of your token'}. What is removed cannot be brought back. Go on?`,
]
