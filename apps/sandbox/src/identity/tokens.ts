import { randomUUID } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import type { SigningKeys } from '../signing-keys.js'

/** How long a token is good for, in seconds. */
export const usualLifetimeSeconds = 3600

/** Signs claims as they are. */
export const signed = (
  keys: SigningKeys,
  claims: JWTPayload,
  key: 'published' | 'rogue' = 'published',
): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: keys.kid }).sign(keys[key])

/**
 * What every token says of its own life.
 *
 * @param seconds how long it is good for.
 */
export const lifeOf = (seconds: number) => {
  const now = Math.floor(Date.now() / 1000)
  return { iat: now, nbf: now, exp: now + seconds }
}

/** A claim by which no two tokens are the same. */
export const uniqueness = () => ({ uti: randomUUID() })
