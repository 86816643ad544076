import {
  type Configuration,
  ConfidentialClientApplication,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-node'
import { letheClientId } from '../../src/people.js'

/** What the network client of a test did. */
export interface Carried {
  readonly network: INetworkModule
  /** The paths of the requests, in their order. */
  readonly paths: ReadonlyArray<string>
}

/** Carries MSAL's https requests to where the provider really listens, as a proxy that ends TLS does. */
export const carryPlain = (): Carried => {
  const paths: Array<string> = []
  const send = async <T>(
    method: 'GET' | 'POST',
    url: string,
    { headers = {}, body }: NetworkRequestOptions = {},
  ): Promise<NetworkResponse<T>> => {
    paths.push(new URL(url).pathname)
    const response = await fetch(url.replace(/^https:/, 'http:'), {
      method,
      headers: { ...headers, 'X-Forwarded-Proto': 'https' },
      ...(body === undefined ? {} : { body }),
    })
    const answer: unknown = await response.json()
    // MSAL names the shape that it reads.
    const isWhatMsalReads = (read: unknown): read is T => typeof read === 'object' && read !== null
    if (!isWhatMsalReads(answer)) throw new Error('The provider answered no object')
    return { headers: Object.fromEntries(response.headers), body: answer, status: response.status }
  }
  return {
    network: {
      sendGetRequestAsync: <T>(url: string, options?: NetworkRequestOptions) => send<T>('GET', url, options),
      sendPostRequestAsync: <T>(url: string, options?: NetworkRequestOptions) =>
        send<T>('POST', url, options),
    },
    paths,
  }
}

/** MSAL as Lethe uses it, against the sandbox's provider. */
export const msalClient = (
  baseUrl: string,
  tenant: string,
  credential: Partial<Configuration['auth']>,
  { network }: Carried = carryPlain(),
): ConfidentialClientApplication =>
  new ConfidentialClientApplication({
    auth: {
      clientId: letheClientId,
      authority: `${baseUrl.replace(/^http:/, 'https:')}/${tenant}`,
      knownAuthorities: [new URL(baseUrl).host],
      ...credential,
    },
    system: { networkClient: network },
  })
