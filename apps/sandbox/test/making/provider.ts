import { join } from 'node:path'
import { identityProvider } from '../../src/identity-provider.js'
import { loadClientRegistration } from '../../src/identity/client-registration.js'
import { createSignIns } from '../../src/identity/sign-ins.js'
import type { TokenEndpointDeps } from '../../src/identity/grant-checks.js'
import { type LoopbackServer, listenOnLoopback } from '../../src/loopback-server.js'
import { loadSigningKeys } from '../../src/signing-keys.js'
import { newFolder } from './folders.js'
import { freePort } from './ports.js'

/** What a provider is made of, in a folder of its own. */
export const providerDeps = async (baseUrl: string): Promise<TokenEndpointDeps> => {
  const folder = await newFolder()
  return {
    baseUrl,
    keys: await loadSigningKeys(join(folder, 'key.json')),
    registration: await loadClientRegistration(folder),
    signIns: createSignIns(),
  }
}

/** A provider that listens. */
export interface ListeningProvider extends TokenEndpointDeps {
  readonly stop: () => Promise<void>
}

const running: Array<LoopbackServer> = []

export const openProvider = async (): Promise<ListeningProvider> => {
  const port = await freePort()
  const deps = await providerDeps(`http://127.0.0.1:${port}`)
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
