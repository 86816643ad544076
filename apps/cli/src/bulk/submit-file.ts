import { randomUUID } from 'node:crypto'
import { BatchId, type TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { confirm } from '../confirm.js'
import type { Session } from '../session.js'
import { conclude } from './conclude.js'
import type { Ended, FileRemoval } from './file-removal.js'
import type { InputFile } from './input-file.js'
import { openResults } from './results-file.js'
import { submitRows } from './submit-rows.js'
import { manyOf, work } from './work.js'

/** Asks for the removal of everybody in the file who has not been asked for, and writes down what became of each. */
export const submitFile = async (
  session: Session,
  removal: FileRemoval,
  input: InputFile,
  total: number | null,
  tenantId: TenantId | null,
): Ended => {
  const batch = removal.batch ?? newBatch()
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
      received: removal.receipt.receivedDateTime ?? '',
    },
  })
  if (E.isLeft(opened)) return opened
  const results = opened.right
  await session.say(
    results.done.count() === 0
      ? `batch ${results.batch()}; what becomes of each id is written to ${path}.`
      : `going on with batch ${results.batch()}: ${results.done.count()} ids in ${path} are done.`,
  )
  if (!input.isFile && removal.batch === null)
    await session.say(`to go on after an interruption, add --batch ${results.batch()} to the same command.`)
  const many = manyOf(session)
  const submitting = submitRows({
    ...many,
    batches: {
      earlier: results.earlier,
      current: results.batch,
      insteadOf: async closed => {
        if (results.batch() !== closed) return E.right(undefined)
        const next = newBatch()
        // At once: others that run side by side are to go on with the same one.
        const begun = results.goOnWith(next)
        await session.say(`batch ${closed} was decided, and takes nothing more: going on with batch ${next}.`)
        return begun
      },
    },
    receipt: removal.receipt,
  })
  const ended = await work(session, removal, input, total, results, async rows => {
    const done = await submitting(rows)
    if (E.isLeft(done)) return done
    const written = await results.write(done.right)
    return E.isLeft(written) ? written : done
  })
  await results.close()
  return conclude(session, ended, results.counts, {
    path,
    made: {
      batch: results.batch(),
      again: input.isFile ? 'The same command' : `The same command with --batch ${results.batch()}`,
    },
  })
}

const newBatch = (): BatchId => {
  const batch = BatchId.decode(randomUUID())
  if (E.isLeft(batch)) throw new Error('A UUID is a GUID')
  return batch.right
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
