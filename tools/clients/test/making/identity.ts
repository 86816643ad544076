import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createSignIns,
  freePorts,
  identityProvider,
  listenOnLoopback,
  loadClientRegistration,
  loadSigningKeys,
} from '@lethe/sandbox'

/** Who is asked for tokens: stands for Microsoft Entra. */
export interface Identity {
  readonly origin: string
  /** @param changes of the token: claims, a lifetime in seconds. */
  readonly tokenOf: (name: string, changes?: TokenChanges) => Promise<string>
}

export interface TokenChanges {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly expiresInSeconds?: number
}

interface OpenIdentity extends Identity {
  readonly close: () => Promise<void>
}

let shared: Promise<OpenIdentity> | null = null

/** The one of a test file: its keys take a while to make. */
export const sharedIdentity = (): Promise<Identity> => {
  shared ??= openIdentity()
  return shared
}

export const closeIdentity = async (): Promise<void> => {
  await (await shared)?.close()
  shared = null
}

const openIdentity = async (): Promise<OpenIdentity> => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-clients-'))
  const [port = 0] = await freePorts(1)
  const origin = `http://127.0.0.1:${port}`
  const provider = identityProvider({
    baseUrl: origin,
    keys: await loadSigningKeys(join(folder, 'key.json')),
    registration: await loadClientRegistration(folder),
    signIns: createSignIns(),
  })
  const server = await listenOnLoopback(provider.fetch, port)
  return {
    origin,
    tokenOf: async (as, changes = {}) => {
      const answer = await fetch(`${origin}/sandbox/token`, {
        method: 'POST',
        headers: { Accept: 'text/plain' },
        body: JSON.stringify({ as, ...changes }),
      })
      if (!answer.ok) throw new Error(`No token: ${answer.status}`)
      return answer.text()
    },
    close: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
