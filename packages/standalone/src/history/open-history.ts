import { truncate } from 'node:fs/promises'
import type { NoteReference, SealedEvent, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { HistoryRefusal } from '../refusal.js'
import { attempted, unusable } from './attempted.js'
import { syncFolder, writeAndSync } from './files.js'
import { storeHead } from './head.js'
import { type Head, type Line, nextLine } from './line.js'
import { takeLock } from './lock.js'
import { readHistory, type ReadHistory } from './read-history.js'
import { ensureFolder, type HistoryPlace } from './state-folder.js'

/** The history of a tenant, held by one process until it is closed. */
export interface OpenHistory {
  readonly place: HistoryPlace
  /** What was there when it was opened. */
  readonly lines: ReadonlyArray<Line>
  /** Whether a half-written last line was found, and set aside. */
  readonly setAside: boolean
  /** Resolves once the disk has the entry. After a failure every later one is refused. */
  readonly append: (
    events: ReadonlyArray<SealedEvent>,
    note: NoteReference | null,
  ) => Promise<E.Either<HistoryRefusal, void>>
  readonly close: () => void
}

/**
 * Opens the history of a tenant to write to it, and makes one where there is none.
 *
 * @returns `LocalHistoryBusy` where another process has it; `LocalHistoryBroken` where it was changed: then nothing is
 * added to it.
 */
export const openHistory = async (
  place: HistoryPlace,
  tenantId: TenantId,
): Promise<E.Either<HistoryRefusal, OpenHistory>> => {
  const folder = await ensureFolder(place.folder)
  if (E.isLeft(folder)) return folder
  const lock = await takeLock(place.lock)
  if (E.isLeft(lock)) return lock
  const opened = await openLocked(place, tenantId, lock.right)
  if (E.isLeft(opened)) lock.right()
  return opened
}

const openLocked = async (
  place: HistoryPlace,
  tenantId: TenantId,
  close: () => void,
): Promise<E.Either<HistoryRefusal, OpenHistory>> => {
  const lines: Array<Line> = []
  const read = await readHistory<never>(place, tenantId, line => {
    lines.push(line)
    return Promise.resolve(E.right(undefined))
  })
  if (E.isLeft(read)) return read
  const { broken, unfinished } = read.right
  if (broken !== null) return E.left(broken)
  const mended = await mend(place, read.right)
  if (E.isLeft(mended)) return mended
  let head = read.right.end
  let failed = false
  return E.right({
    place,
    lines,
    setAside: unfinished !== null,
    append: async (events, note) => {
      if (failed) return E.left(unusable('failed', null))
      const line = nextLine(head, events, note)
      head = { position: line.position, hash: line.hash }
      const written = await appendLine(place, line, head)
      failed = E.isLeft(written)
      return written
    },
    close,
  })
}

/** Sets half a line aside, and brings up a head that was left behind. */
const mend = async (
  place: HistoryPlace,
  { end, unfinished, wholeBytes }: ReadHistory,
): Promise<E.Either<HistoryRefusal, void>> => {
  if (unfinished !== null) {
    const kept = await writeAndSync(place.setAside, Buffer.concat([unfinished, Buffer.from('\n')]))
    if (E.isLeft(kept)) return kept
    const cut = await attempted(async () => E.right(await truncate(place.lines, wholeBytes)))
    if (E.isLeft(cut)) return cut
  }
  return end === null ? E.right(undefined) : storeHead(place, end)
}

const appendLine = async (
  place: HistoryPlace,
  line: Line,
  head: Head,
): Promise<E.Either<HistoryRefusal, void>> => {
  const written = await writeAndSync(place.lines, `${JSON.stringify(line)}\n`)
  if (E.isLeft(written)) return written
  if (line.position === 1) {
    const named = await attempted(async () => E.right(await syncFolder(place.folder)))
    if (E.isLeft(named)) return named
  }
  return storeHead(place, head)
}
