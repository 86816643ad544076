import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node'
import * as O from 'fp-ts/lib/Option.js'
import { type Dispatcher, request } from 'undici'
import { networkCodeOf } from '../network-code.js'
import type { Authority } from './authority.js'
import type { EndpointGate } from './endpoint-gate.js'
import { documentOf, tokenAnswerOf } from './token-answer.js'

/** What MSAL reaches the issuer through. */
export interface MsalNetwork {
  readonly authority: Authority
  readonly dispatcher: Dispatcher
  readonly gate: EndpointGate
  /** How long one exchange may take in all, in milliseconds. */
  readonly timeoutMs: number
}

const maxBytes = 1024 * 1024

/**
 * The network of MSAL: within a time limit, to allowed addresses only, following no redirect and reading at most 1 MiB.
 *
 * An answer of 429 or 5xx shuts the gate, and is kept from MSAL, which would otherwise keep a wait of its own that nobody
 * can read. A promise rejects where there is no answer to use; MSAL calls that `network_error`, or says that it could
 * not discover the endpoints.
 */
export const msalNetwork = (network: MsalNetwork): INetworkModule => ({
  sendGetRequestAsync: <T>(url: string, options?: NetworkRequestOptions) =>
    send<T>(network, 'GET', url, options, documentOf),
  sendPostRequestAsync: <T>(url: string, options?: NetworkRequestOptions) =>
    send<T>(network, 'POST', url, options, tokenAnswerOf),
})

const send = async <T>(
  { authority, dispatcher, gate, timeoutMs }: MsalNetwork,
  method: 'GET' | 'POST',
  url: string,
  options: NetworkRequestOptions | undefined,
  answerOf: (status: number, text: string) => O.Option<object>,
): Promise<NetworkResponse<T>> => {
  const address = authority.addressOf(url)
  if (address === null) throw new Error('The address is not allowed')
  if (gate.secondsLeft() !== null) throw new Error('The issuer asked to wait')
  const response = await request(address, {
    method,
    headers: { ...options?.headers, accept: 'application/json' },
    body: options?.body ?? null,
    dispatcher,
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    gate.exchanged(networkCodeOf(error, 'unknown'))
    throw error
  })
  gate.exchanged(null)
  const text = await readText(response.body)
  const status = response.statusCode
  if (status === 429 || status >= 500) {
    const retryAfter = response.headers['retry-after']
    gate.shut(typeof retryAfter === 'string' ? retryAfter : null)
    throw new Error('The issuer cannot answer now')
  }
  if (status !== 200 && (status < 400 || status > 499)) throw new Error('The answer is not to be used')
  const answer = O.toNullable(answerOf(status, text))
  // MSAL names the shape that it reads, and our codecs have checked what is in it.
  const isWhatMsalReads = (checked: object | null): checked is object & T => checked !== null
  if (!isWhatMsalReads(answer)) throw new Error('The answer is malformed')
  return { status, headers: {}, body: answer }
}

const readText = async (body: AsyncIterable<unknown>): Promise<string> => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let bytes = 0
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) throw new Error('The answer is not bytes')
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new Error('The answer is too long')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
