import type { Dispatcher } from 'undici'
import { readClaimsChallenge } from './claims-challenge.js'
import { classify } from './classify.js'
import type { Ending } from './endings.js'
import type { GraphCall } from './graph-call.js'
import { send } from './send.js'
import type { TimeLimits } from './time-limits.js'

/** What one request came to. */
export interface Exchanged<A> {
  readonly ending: Ending<A>
  readonly status: number | null
  /** The claims that Graph wants in a token, as JSON text; null where it asks for none. */
  readonly challenge: string | null
  /** Why no answer came, as a code; null where one came, or where Lethe gave up. */
  readonly network: string | null
}

/** Sends one request with a token, and reads its answer. */
export const exchange = async <A>(
  { dispatcher, limits }: { readonly dispatcher: Dispatcher; readonly limits: TimeLimits },
  { operation, url, decode }: GraphCall<A>,
  { token, clientRequestId }: { readonly token: string; readonly clientRequestId: string },
  signal: AbortSignal,
): Promise<Exchanged<A>> => {
  const removing = operation === 'removal'
  const outcome = await send(
    dispatcher,
    {
      method: removing ? 'POST' : 'GET',
      url,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'client-request-id': clientRequestId,
        ...(removing ? { 'content-type': 'application/json' } : {}),
      },
      headersMs: removing ? limits.removalHeadersMs : limits.readHeadersMs,
      bodyMs: limits.bodyMs,
    },
    signal,
  )
  if (outcome.kind === 'unanswered')
    return {
      ending: classify(decode, false, Date.now())(outcome),
      status: null,
      challenge: null,
      network: outcome.network,
    }
  const challenge = outcome.status === 401 ? readClaimsChallenge(outcome.headers.wwwAuthenticate) : null
  const ending = classify(decode, challenge !== null, Date.now())(outcome)
  return { ending, status: outcome.status, challenge, network: null }
}
