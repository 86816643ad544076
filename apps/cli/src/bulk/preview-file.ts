import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Session } from '../session.js'
import { conclude } from './conclude.js'
import type { Ended, FileRemoval } from './file-removal.js'
import type { InputFile } from './input-file.js'
import type { Outcome } from './outcome.js'
import { openPreviewResults } from './preview-results.js'
import { previewRows } from './preview-rows.js'
import { manyOf, work } from './work.js'

/** Says what would become of everybody in the file, in a file of its own where one is named, and asks for nothing. */
export const previewFile = async (
  session: Session,
  removal: FileRemoval,
  input: InputFile,
  total: number | null,
  tenantId: TenantId | null,
): Ended => {
  const opened = removal.results === null ? E.right(null) : await openPreviewResults(removal.results)
  if (E.isLeft(opened)) return opened
  const results = opened.right
  const counts = new Map<Outcome, number>()
  const looking = previewRows({ ...manyOf(session), tenantId })
  const ended = await work(session, removal, input, total, null, async rows => {
    const done = await looking(rows)
    if (E.isLeft(done)) return done
    for (const { outcome } of done.right) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    const written = await results?.write(done.right)
    return written !== undefined && E.isLeft(written) ? written : done
  })
  await results?.close()
  return conclude(session, ended, counts, { path: removal.results, made: null })
}
