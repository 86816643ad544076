import type { KeysUnavailable, TokenRefusal, VerifiedToken } from '@lethe/adapter-entra'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Authenticate } from './http/doors.js'

/** Verifies the token of a bearer credential (RFC 6750, section 2.1). Any other credential counts as none. */
export const bearerAuthentication =
  (verify: (token: string) => TE.TaskEither<TokenRefusal | KeysUnavailable, VerifiedToken>): Authenticate =>
  authorization => {
    const token = tokenIn(authorization ?? '')
    return token === undefined
      ? TE.left({ _tag: 'TokenMissing' })
      : pipe(
          verify(token),
          T.map(verified => (E.isLeft(verified) ? verified : verified.right.caller)),
        )
  }

/** What follows the scheme. No pattern of two open ends: a stranger may send kilobytes of spaces. */
const tokenIn = (authorization: string): string | undefined => {
  const scheme = /^Bearer +(?=\S)/i.exec(authorization)?.[0]
  return scheme === undefined ? undefined : authorization.slice(scheme.length).trimEnd()
}
