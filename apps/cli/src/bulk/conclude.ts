import type { BatchId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { LetheApi } from '../lethe-api.js'
import type { SingleRefusal } from '../refusal.js'
import { bulkSummaryResource } from '../resources/bulk-summary.js'
import type { Session } from '../session.js'
import type { Ended } from './file-removal.js'
import type { Outcome } from './outcome.js'
import { leftOverIn } from './results-file.js'

interface Written {
  /** Where there is a line for each id; null where there is none. */
  readonly path: string | null
  /** The batch that came of it, and what goes on with it; null for a preview. */
  readonly made: { readonly batch: BatchId; readonly again: string } | null
}

/** Shows what became of the rows of a file, and what to do next. */
export const conclude = async (
  { lethe, output, say }: Session,
  ended: E.Either<SingleRefusal, void>,
  counts: ReadonlyMap<Outcome, number>,
  { path, made }: Written,
): Ended => {
  const of = (outcome: Outcome): number => counts.get(outcome) ?? 0
  const shown = await output.one(bulkSummaryResource, {
    batchId: made?.batch ?? null,
    requests: made === null || E.isLeft(ended) ? null : await sizeOf(lethe, made.batch),
    ids: [...counts.values()].reduce((sum, count) => sum + count, 0),
    submitted: of('submitted'),
    joined: of('joined'),
    found: of('found'),
    alreadyOpen: of('alreadyOpen'),
    notFound: of('notFound'),
    notInbound: of('notInbound'),
    malformed: of('malformed'),
    refused: of('refused'),
    results: path,
  })()
  if (E.isLeft(ended)) {
    if (made !== null)
      await say(`not all of it is done. ${made.again} goes on where this one stopped (${path}).`)
    return ended
  }
  if (made !== null && of('submitted') + of('joined') > 0)
    await say(`an approver decides it with: lethe batches approve ${made.batch}`)
  const left = leftOverIn(counts)
  return left === 0 ? shown : E.left({ _tag: 'LeftOver', count: left, path })
}

/** People who stand in the file twice have one request. A batch without any is not there. */
const sizeOf = async (lethe: LetheApi, batch: BatchId): Promise<number | null> => {
  const found = await lethe.batchOf(batch)()
  if (E.isRight(found)) return found.right.count
  return found.left._tag === 'NotFound' ? 0 : null
}
