import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { HistoryRefusal } from '../refusal.js'
import { attempted } from './attempted.js'
import { readHead, type StoredHead } from './head.js'
import type { Head, Line } from './line.js'
import { checkFolder, foundAt, type HistoryPlace, openPrivate } from './state-folder.js'
import { storedParts } from './stored-lines.js'
import { brokenAt, type BrokenHistory, checkHistory } from './verify.js'

/** What was found in a history. */
export interface ReadHistory {
  /** The last entry before the first that does not fit, or the last of all; null where there is none. */
  readonly end: Head | null
  readonly broken: BrokenHistory | null
  /** What a process that was cut off left after the last line end; null where there is nothing. */
  readonly unfinished: Buffer | null
  /** How many bytes the entries have that fit, up to the end of their last line. */
  readonly wholeBytes: number
}

/** Takes the next entry; what it refuses with ends the reading. */
export type HandOn<R> = (line: Line) => Promise<E.Either<R, void>>

/**
 * Reads and checks the history of a tenant, entry by entry; an empty one where there is none. It takes no lock, and keeps no
 * entry.
 *
 * The stored head may be one entry behind, because a process can end between the two. While another process writes it may be
 * further behind: then it is another one by the time that the entries are read.
 */
export const readHistory = async <R>(
  place: HistoryPlace,
  tenantId: TenantId,
  handOn: HandOn<R>,
): Promise<E.Either<HistoryRefusal | R, ReadHistory>> => {
  const folder = await checkFolder(place.folder)
  if (E.isLeft(folder)) return folder
  // The head first: what is appended in between puts it behind, and never ahead.
  const head = await readHead(place)
  if (E.isLeft(head)) return head
  const read = await readEntries(place, tenantId, head.right, handOn)
  if (E.isLeft(read)) return read
  const { hasHead, ...found } = read.right
  if (found.broken !== null) return E.right(found)
  const misfit = misfitOf(head.right, hasHead, found.end?.position ?? 0)
  if (misfit === null) return E.right(found)
  const now = await readHead(place)
  if (E.isLeft(now)) return now
  const hasMoved = now.right.kind === 'head' && now.right.text !== head.right.text
  if (hasMoved && misfit.kind === 'behind') return E.right(found)
  return E.right({ ...found, broken: brokenAt(misfit.position, 'headDiffers') })
}

interface Misfit {
  readonly kind: 'behind' | 'other'
  readonly position: number
}

/**
 * How the head does not fit the entries; null where it does.
 *
 * @param hasHead whether the head is that of an entry.
 */
const misfitOf = (head: StoredHead, hasHead: boolean, entries: number): Misfit | null => {
  const last = Math.max(entries, 1)
  switch (head.kind) {
    case 'none':
      return entries <= 1 ? null : { kind: 'behind', position: last }
    case 'unreadable':
      return { kind: 'other', position: last }
    case 'head': {
      const { position } = head.head
      // What is missing begins after the last entry.
      if (position > entries) return { kind: 'other', position: entries + 1 }
      if (!hasHead) return { kind: 'other', position: last }
      return position >= entries - 1 ? null : { kind: 'behind', position: last }
    }
  }
}

type ReadEntries = ReadHistory & { readonly hasHead: boolean }

const nothing: ReadEntries = { end: null, broken: null, unfinished: null, wholeBytes: 0, hasHead: false }

const readEntries = <R>(
  place: HistoryPlace,
  tenantId: TenantId,
  head: StoredHead,
  handOn: HandOn<R>,
): Promise<E.Either<HistoryRefusal | R, ReadEntries>> =>
  attempted<ReadEntries, R>(async () => {
    if ((await foundAt(place.lines)) === null) return E.right(nothing)
    const file = await openPrivate(place.lines, constants.O_RDONLY)
    if (E.isLeft(file)) return file
    try {
      return await checkFile(file.right, tenantId, head, handOn)
    } finally {
      await file.right.close()
    }
  })

const checkFile = async <R>(
  file: FileHandle,
  tenantId: TenantId,
  head: StoredHead,
  handOn: HandOn<R>,
): Promise<E.Either<R, ReadEntries>> => {
  const check = checkHistory(tenantId)
  const sought = head.kind === 'head' ? head.head : null
  let hasHead = false
  let wholeBytes = 0
  const found = (broken: BrokenHistory | null, unfinished: Buffer | null): E.Either<never, ReadEntries> =>
    E.right({ end: check.end(), broken, unfinished, wholeBytes, hasHead })
  for await (const part of storedParts(file))
    switch (part.kind) {
      case 'line': {
        const line = check.next(part.text)
        if (E.isLeft(line)) return found(line.left, null)
        wholeBytes += part.bytes
        if (line.right.position === sought?.position) hasHead = line.right.hash === sought.hash
        const handed = await handOn(line.right)
        if (E.isLeft(handed)) return handed
        break
      }
      case 'endless':
        return found(brokenAt((check.end()?.position ?? 0) + 1, 'unreadable'), null)
      case 'unfinished':
        return found(null, part.content)
    }
  return found(null, null)
}
