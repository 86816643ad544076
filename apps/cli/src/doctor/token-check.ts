import { DateTime } from '@lethe/api-contract'
import { instantFromMilliseconds } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { messagesOf } from '../refusal-messages.js'
import type { ClientRefusal } from '../refusal.js'
import { findToken } from '../sign-in/find-token.js'
import { readToken } from '../token.js'
import { type Check, type Examined, failed, lookAgain, ok, skipped, warning } from './check.js'

/** Whether there is something to sign in with that looks right from here. */
export const tokenCheck: Check = {
  name: 'token',
  look: async ({ io, typedServer, context }, { address, skew = 0 }) => {
    if (address === undefined) return skipped('an address')
    const found = await findToken(io, { server: typedServer, context })()
    if (E.isLeft(found))
      return {
        examined:
          found.left._tag === 'NoToken'
            ? failed(found.left, 'Nobody is signed in.', signInAgain)
            : failed(found.left, messagesOf(found.left).join(' '), lookAgain),
      }
    const { token, tokens, origin } = found.right
    const from =
      origin.tokenSource === 'signIn' ? `The sign-in of the context ${origin.context ?? ''}` : 'LETHE_TOKEN'
    const learned = { tokens }
    if (origin.tokenSource === 'signIn') {
      const renewed = await tokens.current()
      return E.isRight(renewed)
        ? { examined: ok(`${from} is there, and holds.`), learned }
        : { examined: notRenewed(renewed.left) }
    }
    const { tenantId, expires } = readToken(token)
    if (expires === null || tenantId === null)
      return {
        examined: warning(
          `${from} holds something that is not readable as an access token of Microsoft Entra.`,
          'Look whether it is the whole token, and an access token instead of an id token.',
        ),
        learned,
      }
    // By the clock of the server, which decides.
    if (expires <= instantFromMilliseconds(io.now() - skew))
      return {
        examined: failed(
          { _tag: 'TokenExpired' },
          `The token in ${from} has expired, at ${DateTime.encode(expires)}.`,
          signInAgain,
        ),
      }
    return {
      examined: ok(`${from} holds one of the tenant ${tenantId}, good until ${DateTime.encode(expires)}.`),
      learned,
    }
  },
}

const signInAgain = 'Sign in with lethe login, or put a new access token into LETHE_TOKEN.'

/** Why a sign-in gives no token, although somebody signed in. */
const notRenewed = (refusal: ClientRefusal): Examined =>
  failed(
    refusal,
    messagesOf(refusal).join(' '),
    refusal._tag === 'SignInUnreachable' || refusal._tag === 'ProxyFailed'
      ? 'Look for a firewall or a proxy between this machine and the place where people sign in.'
      : lookAgain,
  )
