import { createSecretKey, type KeyObject } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'

/** A key that sign-ins are sealed with. */
export interface SealingKey {
  /** Written next to what it sealed; 1 to 32 letters, digits, hyphens and underscores. */
  readonly id: string
  /** 32 bytes, in a form that does not print. */
  readonly key: KeyObject
}

/** The first one seals, all of them open: so a new key comes last on every machine, and first after that. */
export type SealingKeys = readonly [SealingKey, ...ReadonlyArray<SealingKey>]

/** What the setting has to look like; the reason for a refusal, which never shows the value. */
export const expectedSealingKeys =
  'one or more id:key, separated by commas, with different ids (1 to 32 letters, digits, - or _) and keys of 32 bytes in base64'

/**
 * Reads the setting `LETHE_SEALING_KEYS`.
 *
 * @param text such as `2026-11:` with 44 characters of base64; further keys after commas.
 * @returns the keys in their order, or what is expected.
 */
export const sealingKeysFrom = (text: string): E.Either<string, SealingKeys> => {
  const { left: bad, right: keys } = RA.separate(text.split(',').map(entry => keyFrom(entry.trim())))
  const [first, ...others] = keys
  const isDistinct = new Set(keys.map(({ id }) => id)).size === keys.length
  return first === undefined || bad.length > 0 || !isDistinct
    ? E.left(expectedSealingKeys)
    : E.right([first, ...others])
}

const keyFrom = (entry: string): E.Either<null, SealingKey> => {
  const [, id, base64] = /^([\w-]{1,32}):([A-Za-z\d+/]{43}=)$/.exec(entry) ?? []
  return id === undefined || base64 === undefined
    ? E.left(null)
    : E.right({ id, key: createSecretKey(Buffer.from(base64, 'base64')) })
}
