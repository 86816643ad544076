import { join } from 'node:path'
import { identityProvider } from '../../src/identity-provider.js'
import { loadClientRegistration } from '../../src/identity/client-registration.js'
import { createSignIns } from '../../src/identity/sign-ins.js'
import type { TokenEndpointDeps } from '../../src/identity/grant-checks.js'
import { type LoopbackServer, listenOnLoopback } from '../../src/loopback-server.js'
import { loadSigningKeys } from '../../src/signing-keys.js'
import { newFolder } from './folders.js'
import { freePort } from './ports.js'

const folder = await newFolder()
/** RSA keys take a while to make: once for all tests. */
const keys = await loadSigningKeys(join(folder, 'key.json'))
const registration = await loadClientRegistration(folder)

/** What a provider is made of. */
export const providerDeps = (baseUrl: string): TokenEndpointDeps => ({
  baseUrl,
  keys,
  registration,
  signIns: createSignIns(),
})

/** A provider that listens. */
export interface ListeningProvider extends TokenEndpointDeps {
  readonly stop: () => Promise<void>
}

const running: Array<LoopbackServer> = []

export const openProvider = async (): Promise<ListeningProvider> => {
  const port = await freePort()
  const deps = providerDeps(`http://127.0.0.1:${port}`)
  const server = await listenOnLoopback(identityProvider(deps).fetch, port)
  running.push(server)
  return { ...deps, stop: server.stop }
}

export const stopProviders = async (): Promise<void> => {
  await Promise.all(running.splice(0).map(server => server.stop()))
}

/** A token from `POST /sandbox/token`. */
export const tokenFrom = async (identity: string, body: unknown): Promise<string> => {
  const response = await fetch(`${identity}/sandbox/token`, {
    method: 'POST',
    headers: { Accept: 'text/plain' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`No token: ${response.status}`)
  return response.text()
}
