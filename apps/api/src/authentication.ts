import type { KeysUnavailable, TokenRefusal, VerifiedToken } from '@lethe/adapter-entra'
import type { Caller } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Authenticate } from './http/doors.js'

/**
 * Verifies the token of a bearer credential (RFC 6750, section 2.1). Any other credential counts as none.
 *
 * @param hear is told who came with which token, once it is known to be genuine.
 */
export const bearerAuthentication =
  (
    verify: (token: string) => TE.TaskEither<TokenRefusal | KeysUnavailable, VerifiedToken>,
    hear: (caller: Caller, token: string) => void = () => undefined,
  ): Authenticate =>
  authorization =>
  async () => {
    const token = tokenIn(authorization ?? '')
    if (token === undefined) return E.left({ _tag: 'TokenMissing' })
    const verified = await verify(token)()
    if (E.isLeft(verified)) return verified
    const { caller } = verified.right
    if (E.isRight(caller)) hear(caller.right, token)
    return caller
  }

/** What follows the scheme. No pattern of two open ends: a stranger may send kilobytes of spaces. */
const tokenIn = (authorization: string): string | undefined => {
  const scheme = /^Bearer +(?=\S)/i.exec(authorization)?.[0]
  return scheme === undefined ? undefined : authorization.slice(scheme.length).trimEnd()
}
