import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { createClient } from '../client.js'
import { createLetheApi } from '../lethe-api.js'
import { messagesOf } from '../refusal-messages.js'
import type { ClientRefusal } from '../refusal.js'
import { type Check, type Examined, failed, ok, skipped, warning } from './check.js'

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
              identity.kind === 'personalAccount'
                ? 'Sign in with a work or school account of the tenant: lethe login.'
                : 'Ask an administrator of Entra for a permission; docs/entra.md says which one is for what.',
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
  return (
    ofAnotherVersion(refusal) ??
    failed(refusal, said, 'Try again later; if that does not help, tell whoever runs Lethe.')
  )
}

/** The server was seen to be Lethe: what it does not know, or says otherwise, is of another version. Null for any other refusal. */
const ofAnotherVersion = (refusal: ClientRefusal): Examined | null =>
  refusal._tag === 'Rejected' || refusal._tag === 'NotFound' || refusal._tag === 'UnexpectedAnswer'
    ? failed(
        {
          _tag: 'UnexpectedAnswer',
          status: refusal.status,
          what: 'it is of another version',
          requestId: refusal.requestId,
        },
        'The server is Lethe, and does not answer as this lethe expects: it is of another version.',
        'Use the lethe of the version that the server has; lethe version shows which one this is.',
      )
    : null

/** Which published contract the server serves. */
export const contractCheck: Check = {
  name: 'contract',
  look: async (_, { identity }) =>
    identity === undefined
      ? skipped('you to be signed in')
      : { examined: ok(`The server serves the contract ${identity.contract}.`) },
}

/** Whether Lethe gets through to Microsoft Graph for the operator's tenant: one page of one profile, of which nothing is shown. */
export const graphCheck: Check = {
  name: 'graph',
  look: async (_, { identity, lethe }) => {
    if (identity === undefined || lethe === undefined) return skipped('you to be signed in')
    if (!identity.operations.includes('listProfiles')) return skipped('the permission to read profiles')
    const looked = await lethe.profiles(null, 1)(() => TE.right(undefined))()
    return {
      examined: E.isRight(looked) ? ok('Lethe reads profiles from Microsoft Graph.') : notLooked(looked.left),
    }
  },
}

const notLooked = (refusal: ClientRefusal): Examined => {
  if (refusal._tag === 'Throttled')
    return warning(
      'Microsoft Graph asks Lethe to slow down, so that a look-up was not answered.',
      'Try again in a minute.',
    )
  if (refusal._tag !== 'Unavailable')
    return ofAnotherVersion(refusal) ?? failed(refusal, messagesOf(refusal).join(' '), 'Try again later.')
  if (refusal.why?.reason === 'graphCredential')
    return failed(
      refusal,
      "Microsoft Entra or Graph refuses Lethe's own credential: its certificate, secret or federated token.",
      'The operator of Lethe renews it: step 5 of docs/entra.md; the log of Lethe has the code of Entra, such as AADSTS700027.',
    )
  if (refusal.why?.reason === 'graphPermission')
    return failed(
      refusal,
      'Microsoft Graph answers 403 to Lethe: the permission or its consent is missing.',
      'An administrator of Entra consents to it: step 4 of docs/entra.md. It takes a few minutes to hold.',
    )
  return failed(
    refusal,
    'Lethe does not get through to Microsoft Graph now.',
    'Try again in a minute; if that lasts, the operator of Lethe looks into its log for lines with "graph": a proxy, LETHE_GRAPH_URL or Graph itself.',
  )
}

/** A quarter of an hour: no removal should wait so long for a worker. */
const longestWaitSeconds = 900
/** A worker says four times a minute that it is there. */
const longestUnseenSeconds = 60

/** How the operator's tenant stands. */
export const tenantCheck: Check = {
  name: 'tenant',
  look: async (_, { identity, lethe }) => {
    if (identity === undefined || lethe === undefined) return skipped('you to be signed in')
    if (!identity.operations.includes('listRemovalRequests'))
      return skipped('the permission to read requests')
    const answer = await lethe.status()
    if (E.isLeft(answer))
      return {
        examined:
          ofAnotherVersion(answer.left) ??
          failed(answer.left, messagesOf(answer.left).join(' '), 'Try again later.'),
      }
    const { graph, queue, overdue, unreadable, worker } = answer.right
    const blockedBy = graph?.blockedBy ?? null
    if (blockedBy !== null)
      return {
        examined: warning(
          `All removals of your tenant wait, because of Lethe's own ${blockedBy} at Microsoft Graph.`,
          blockedBy === 'credential'
            ? 'Renew the secret or certificate of its app registration (step 5 of docs/entra.md): removals go on by themselves within five minutes.'
            : 'Consent anew to its permission in Entra (step 4 of docs/entra.md): removals go on by themselves within five minutes.',
        ),
      }
    if (graph !== null && graph.state !== 'closed')
      return {
        examined: warning(
          'Microsoft Graph is not called for your tenant, because calls to it failed.',
          'Removals wait and go on by themselves; if that lasts, see whether the consent in Entra still holds.',
        ),
      }
    if (worker.unseenSeconds === null || worker.unseenSeconds > longestUnseenSeconds)
      return {
        examined: warning(
          worker.unseenSeconds === null
            ? 'No worker has ever been seen that serves your tenant: approved removals wait.'
            : `No worker that serves your tenant has been seen for ${worker.unseenSeconds} s: approved removals wait.`,
          'Ask the operator of Lethe whether a worker runs that has your tenant in LETHE_TENANTS.',
        ),
      }
    if (unreadable > 0)
      return {
        examined: warning(
          `Histories of your tenant that cannot be read, or were changed: ${unreadable}. Nothing is done with these requests.`,
          'Tell the operator of Lethe: lethe-api check says which they are.',
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
              'List them with lethe requests list --state pendingApproval,failed, and decide, retry or close them.',
            )
          : ok('Nothing of your tenant is overdue or waits for long, and Microsoft Graph is called.'),
    }
  },
}
