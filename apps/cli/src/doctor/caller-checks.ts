import { DateTime } from '@lethe/api-contract'
import { instantFromMilliseconds } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { createClient } from '../client.js'
import { createLetheApi } from '../lethe-api.js'
import { messagesOf } from '../refusal-messages.js'
import type { ClientRefusal } from '../refusal.js'
import { findToken } from '../sign-in/find-token.js'
import { readToken } from '../token.js'
import { type Check, type Examined, failed, ok, skipped, warning } from './check.js'

/** Whether there is something to sign in with that looks right from here. */
export const tokenCheck: Check = {
  name: 'token',
  look: async ({ io, typedServer, context }) => {
    const found = await findToken(io, { server: typedServer, context })()
    if (E.isLeft(found))
      return {
        examined:
          found.left._tag === 'NoToken'
            ? failed(found.left, 'Nobody is signed in.', signInAgain)
            : failed(found.left, messagesOf(found.left).join(' '), 'Then look again with lethe doctor.'),
      }
    const { token, tokens, origin } = found.right
    const from =
      origin.tokenSource === 'signIn' ? `The sign-in of the context ${origin.context ?? ''}` : 'LETHE_TOKEN'
    const { tenantId, expires } = readToken(token)
    const learned = { tokens }
    // A sign-in is renewed by itself.
    if (origin.tokenSource === 'signIn') return { examined: ok(`${from} is there.`), learned }
    if (expires === null || tenantId === null)
      return {
        examined: warning(
          `${from} holds something that is not readable as an access token of Microsoft Entra.`,
          'Look whether it is the whole token, and an access token instead of an id token.',
        ),
        learned,
      }
    if (expires <= instantFromMilliseconds(io.now()))
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

/** Who the operator is to the server, and what they may do. */
export const identityCheck: Check = {
  name: 'identity',
  look: async ({ io }, { server, tokens }) => {
    if (server === undefined || tokens === undefined) return skipped('Lethe to answer, and a token')
    const send = createClient({ io, tokens, trace: () => Promise.resolve() })
    const lethe = createLetheApi(server, send)
    const answer = await lethe.identity()
    if (E.isLeft(answer)) return { examined: notAdmitted(answer.left) }
    const identity = answer.right
    return {
      examined:
        identity.operations.length === 0
          ? warning(
              `You are known as ${identity.kind}, and may do nothing.`,
              'Ask an administrator of Entra for a permission; docs/entra.md says which one is for what.',
            )
          : ok(`You are known as ${identity.kind}, and may ${identity.operations.join(', ')}.`),
      learned: { lethe, identity },
    }
  },
}

const notAdmitted = (refusal: ClientRefusal): Examined => {
  const said = messagesOf(refusal).join(' ')
  if (refusal._tag === 'NotSignedIn')
    return failed(
      refusal,
      `The server does not accept the token: ${refusal.message}`,
      /audience/i.test(refusal.message)
        ? "Ask for a token for Lethe's own application, and not for Microsoft Graph."
        : 'Sign in again; if that does not help, ask whoever runs Lethe whether your tenant is among LETHE_TENANTS.',
    )
  if (refusal._tag === 'NotPermitted')
    return failed(
      refusal,
      `The server knows you and lets you do nothing: ${refusal.message}`,
      'Ask an administrator of Entra for the app role that this server wants of everybody.',
    )
  return failed(refusal, said, 'Try again later; if that does not help, tell whoever runs Lethe.')
}

/** Which published contract the server serves. */
export const contractCheck: Check = {
  name: 'contract',
  look: async (_, { identity }) =>
    identity === undefined
      ? skipped('you to be signed in')
      : { examined: ok(`The server serves the contract ${identity.contract}.`) },
}

/** A quarter of an hour: no removal should wait so long for a worker. */
const longestWaitSeconds = 900

/** How the operator's tenant stands. */
export const tenantCheck: Check = {
  name: 'tenant',
  look: async (_, { identity, lethe }) => {
    if (identity === undefined || lethe === undefined) return skipped('you to be signed in')
    if (!identity.operations.includes('listRemovalRequests'))
      return skipped('the permission to read requests')
    const answer = await lethe.status()
    if (E.isLeft(answer))
      return { examined: failed(answer.left, messagesOf(answer.left).join(' '), 'Try again later.') }
    const { graph, queue, overdue } = answer.right
    if (graph !== null && graph.state !== 'closed')
      return {
        examined: warning(
          'Microsoft Graph is not called for your tenant, because calls to it failed.',
          'Removals wait and go on by themselves; if that lasts, see whether the consent in Entra still holds.',
        ),
      }
    if ((queue.longestWaitSeconds ?? 0) > longestWaitSeconds)
      return {
        examined: warning(
          `Removals wait for a worker, the first of ${queue.waiting} for ${queue.longestWaitSeconds ?? 0} s.`,
          'Ask whoever runs Lethe whether its workers run.',
        ),
      }
    return {
      examined:
        overdue > 0
          ? warning(
              `${overdue} requests of your tenant are overdue.`,
              'List them with lethe requests list --state pendingApproval,failed, and decide or retry them.',
            )
          : ok('Nothing of your tenant is overdue or waits for long, and Microsoft Graph is called.'),
    }
  },
}
