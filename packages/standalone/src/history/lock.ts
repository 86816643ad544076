import { constants } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { HistoryRefusal } from '../refusal.js'
import { attempted, codeOf, unusable } from './attempted.js'
import { openPrivate } from './state-folder.js'

const Failed = t.type({ errcode: t.number })
const busy = 5

/**
 * Takes the lock of a history. Node knows no file locks, but SQLite does, and takes the kernel's: such a lock ends with its
 * process, however that ends. Nothing is ever written to the file.
 *
 * @returns how to release it; `LocalHistoryBusy` where another process has it.
 */
export const takeLock = (path: string): Promise<E.Either<HistoryRefusal, () => void>> =>
  attempted(async () => {
    const sqlite = await load()
    if (sqlite === null) return E.left(unusable('noLocks', null))
    const file = await openPrivate(path, constants.O_RDWR)
    if (E.isLeft(file)) return file
    await file.right.close()
    const database = new sqlite.DatabaseSync(path)
    try {
      // A journal on disk would only be one more file.
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
      return E.right(() => {
        database.close()
      })
    } catch (error) {
      database.close()
      return E.left(
        Failed.is(error) && error.errcode === busy
          ? { _tag: 'LocalHistoryBusy' }
          : unusable('failed', codeOf(error)),
      )
    }
  })

/** Node has it without a flag from 22.13 on. */
const load = async () => {
  try {
    return await import('node:sqlite')
  } catch {
    return null
  }
}
