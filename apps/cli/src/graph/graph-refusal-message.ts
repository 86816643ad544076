import type { GraphRefusal } from './graph-refusal.js'

const again = 'Run the same command again: it looks at the profile first, and completes what is open.'

/** What such a refusal says to the operator. Holds nobody's id and no token. */
export const graphMessageOf = (refusal: GraphRefusal): string => {
  switch (refusal._tag) {
    case 'GraphSettingsWrong':
      return `${refusal.mistakes.join('. ')}.`
    case 'GraphCredentialMissing':
      return 'Nobody is signed in to this tenant: run lethe graph login. Or put an access token into LETHE_GRAPH_TOKEN (az account get-access-token --resource https://graph.microsoft.com), or set LETHE_GRAPH_CLIENT_ID with a secret, certificate or federated token.'
    case 'GraphTokenOfAnotherTenant':
      return refusal.readable
        ? 'LETHE_GRAPH_TOKEN is for another tenant than the one named: get a token of that tenant, or name the other with --tenant.'
        : 'LETHE_GRAPH_TOKEN does not say for which tenant it is: use an access token for Microsoft Graph.'
    case 'GraphSignInRequired':
      return 'Graph, or the issuer of its tokens, does not take the credential: sign in again (lethe graph login), or put the credential right, and run the same command again.'
    case 'GraphRefused':
      return 'Graph refused the call. It takes CrossTenantUserProfileSharing.ReadWrite.All with consent, and of people the role Global Administrator; and LETHE_GRAPH_URL must be right. Then run the same command again.'
    case 'GraphUnavailable':
      return `Graph cannot be asked now${networkIn(refusal.network)}. Try again ${refusal.retryAfterSeconds === null ? 'later' : `in ${refusal.retryAfterSeconds} s, and not before`}: the same command goes on where this one ended.`
    case 'GraphProfileNotFound':
      return 'There is no such profile in the tenant, and nothing to remove.'
    case 'GraphProfileNotInbound':
      return 'The home of this person is the tenant itself: this is no inbound profile, and nothing was removed. Remove the account in Microsoft Entra.'
    case 'GraphStillPresent':
      return `Graph took the removal, and the profile still shows after ${refusal.seconds} s. ${again}`
    case 'GraphOutcomeUnknown':
      return `Nobody knows whether the removal took effect: its answer was lost, and the profile could not be read back. Look with lethe graph profiles show, or: ${again}`
    case 'GraphRemovalFailed':
      return `The removal failed (${refusal.reason}). ${again}`
    case 'GraphRemovalInterrupted':
      return `Interrupted. The removal is open in the local history. ${again}`
    case 'GraphConfirmationImpossible':
      return 'There is no terminal to type the userId at: give it once more with --confirm <userId>.'
    case 'GraphNotConfirmed':
      return 'Not confirmed: nothing was recorded or sent. To go on, give the command again, and type the userId and nothing else.'
    case 'GraphSignInElsewhere':
      return 'The sign-in is for another Graph or another tenant than LETHE_GRAPH_URL, LETHE_GRAPH_AUTHORITY and --tenant say, and does not go there. Put them right, or run lethe graph login.'
    case 'LocalHistoryUnusable':
      return unusable[refusal.reason](refusal.code)
    case 'LocalHistoryBusy':
      return 'Another lethe graph remove is at work in this tenant on this machine. Try again when it has ended.'
    case 'LocalHistoryBroken':
      return `The local history is NOT intact, from entry ${refusal.position} on (${refusal.reason}). Nothing is added to it: keep the files of this tenant elsewhere as evidence, and the next removal begins a new history.`
  }
}

/** Why no answer came: by a code of the platform, which begins with PROXY_ where the proxy failed. */
const networkIn = (code: string | undefined): string => {
  if (code === undefined) return ''
  return code.startsWith('PROXY_') ? ` (the proxy failed: ${code.slice('PROXY_'.length)})` : ` (${code})`
}

type Unusable = Extract<GraphRefusal, { readonly _tag: 'LocalHistoryUnusable' }>

const unusable: Record<Unusable['reason'], (code: string | null) => string> = {
  noHome: () => 'There is no place for the local history: set HOME or XDG_STATE_HOME to a folder of yours.',
  noLocks: () => 'This Node cannot lock the local history: use Node 22.13 or newer.',
  openToOthers: () =>
    'The local history is open to others, or not yours: take lethe/graph-history under your state folder (XDG_STATE_HOME) for yourself alone (chmod -R go= …).',
  failed: code =>
    `The local history cannot be read or written${code === null ? '' : ` (${code})`}. Nothing more is done without it: put that right, and run the same command again.`,
}
