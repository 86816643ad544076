import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeErrors, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { onTestFinished } from 'vitest'
import { type HistoryPlace, historyPlace } from '../src/history/state-folder.js'

/** The decoded value; a test with a value that does not decode is a mistake. */
export const decoded = <A>(codec: t.Decoder<unknown, A>, value: unknown): A => {
  const result = codec.decode(value)
  if (E.isLeft(result)) throw new Error(describeErrors(result.left).join('; '))
  return result.right
}

export const tenantId = decoded(TenantId, '7b0c2f3e-1a5d-4c8e-9f62-3d4e5a6b7c81')

/** What is there; a refusal is a mistake of the test. */
export const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(`Refused: ${JSON.stringify(either.left)}`)
  return either.right
}

/** A place for a history, gone when the test ends. */
export const newPlace = async (): Promise<HistoryPlace> => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-standalone-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return right(historyPlace({ XDG_STATE_HOME: folder }, tenantId))
}
