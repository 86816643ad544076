import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createLog, decodeConfig, type RunningApi, startApi } from '@lethe/api'
import * as E from 'fp-ts/lib/Either.js'
import { listenOnLoopback, type LoopbackServer } from './loopback-server.js'
import { identityProvider } from './identity-provider.js'
import { contoso, letheClientId, northwind } from './people.js'
import { seedProfiles } from './seed-profiles.js'
import type { SandboxSettings } from './settings.js'
import { loadSigningKeys } from './signing-keys.js'
import type { Addresses } from './tour.js'

export interface RunningSandbox {
  readonly addresses: Addresses
  readonly stop: () => Promise<void>
}

/** What keeps the sandbox from starting, in words for whoever started it. */
export interface SandboxRefusal {
  readonly mistakes: ReadonlyArray<string>
}

/**
 * Starts everything of Lethe on this machine: the identity provider, and the API with its worker over profiles in memory.
 *
 * @param environment settings of the API that the sandbox does not fix itself, such as `LETHE_CONTRACT`.
 */
export const startSandbox = async (
  settings: SandboxSettings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<E.Either<SandboxRefusal, RunningSandbox>> => {
  const addresses: Addresses = {
    lethe: `http://127.0.0.1:${settings.lethePort}`,
    identity: `http://127.0.0.1:${settings.identityPort}`,
  }
  const config = decodeConfig(apiEnvironment(settings, addresses, environment))
  if (E.isLeft(config)) return E.left({ mistakes: config.left.mistakes })

  const keyFile = join(settings.stateFolder, 'identity-provider-key.json')
  if (settings.reset) await rm(keyFile, { force: true })
  const keys = await loadSigningKeys(keyFile)
  const identity = await orRefusal(
    `The identity provider cannot listen on port ${settings.identityPort}; set LETHE_SANDBOX_IDENTITY_PORT to another one.`,
    () => listenOnLoopback(identityProvider(addresses.identity, keys).fetch, settings.identityPort),
  )
  if (E.isLeft(identity)) return identity
  const api = await orRefusal(
    `Lethe cannot listen on port ${settings.lethePort}; set LETHE_PORT to another one.`,
    () => startApi(config.right, seedProfiles(), createLog(config.right.logLevel)),
  )
  if (E.isLeft(api)) {
    await identity.right.stop()
    return api
  }
  return E.right({ addresses, stop: () => stopBoth(api.right, identity.right) })
}

/** The identity provider goes last: requests in flight may still need its keys. */
const stopBoth = async (api: RunningApi, identity: LoopbackServer): Promise<void> => {
  await api.stop()
  await identity.stop()
}

const orRefusal = async <A>(
  mistake: string,
  start: () => Promise<A>,
): Promise<E.Either<SandboxRefusal, A>> => {
  try {
    return E.right(await start())
  } catch (error) {
    if (isAddressProblem(error)) return E.left({ mistakes: [mistake] })
    throw error
  }
}

const isAddressProblem = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')

const apiEnvironment = (
  settings: SandboxSettings,
  addresses: Addresses,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> => ({
  LETHE_LOG_LEVEL: 'warn',
  LETHE_PUBLIC_URL: addresses.lethe,
  ...environment,
  LETHE_HOST: '127.0.0.1',
  LETHE_PORT: String(settings.lethePort),
  LETHE_TENANTS: `${contoso},${northwind}`,
  LETHE_AUDIENCES: letheClientId,
  LETHE_ISSUERS: `${addresses.identity}/{tenantid}/v2.0`,
  LETHE_AUTHORITY: `${addresses.identity}/${contoso}`,
  LETHE_ALLOW_INSECURE_ISSUER: 'true',
})
