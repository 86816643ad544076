import type { KeysUnavailable, TokenRefusal, VerifiedToken } from '@lethe/adapter-entra'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Authenticate } from './http/doors.js'

/** Verifies the token of a bearer credential (RFC 6750, section 2.1). Any other credential counts as none. */
export const bearerAuthentication =
  (verify: (token: string) => TE.TaskEither<TokenRefusal | KeysUnavailable, VerifiedToken>): Authenticate =>
  authorization =>
  async () => {
    const token = tokenIn(authorization ?? '')
    if (token === undefined) return E.left({ _tag: 'TokenMissing' })
    const verified = await verify(token)()
    return E.isLeft(verified) ? verified : verified.right.caller
  }

/** What follows the scheme. No pattern of two open ends: a stranger may send kilobytes of spaces. */
const tokenIn = (authorization: string): string | undefined => {
  const scheme = /^Bearer +(?=\S)/i.exec(authorization)?.[0]
  return scheme === undefined ? undefined : authorization.slice(scheme.length).trimEnd()
}
