import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createLog, decodeConfig, openStore, startApi } from '@lethe/api'
import * as E from 'fp-ts/lib/Either.js'
import { identityProvider } from './identity-provider.js'
import { openKeptProfiles } from './kept-profiles.js'
import { listenOnLoopback } from './loopback-server.js'
import { contoso, letheClientId, northwind } from './people.js'
import type { SandboxRefusal } from './refusal.js'
import { openSandboxDatabase } from './sandbox-database.js'
import { seedProfiles } from './seed-profiles.js'
import type { SandboxSettings } from './settings.js'
import { loadSigningKeys } from './signing-keys.js'
import type { Addresses } from './tour.js'

export interface RunningSandbox {
  readonly addresses: Addresses
  readonly stop: () => Promise<void>
}

/** What `--reset` takes away: what the sandbox itself put into its folder, and nothing else that is there. */
const stateNames = ['identity-provider-key.json', 'postgres', 'removed-profiles']

/**
 * Starts everything of Lethe on this machine: PostgreSQL, the identity provider, and the API with its worker.
 *
 * @param environment settings of the API that the sandbox does not fix itself, such as `LETHE_CONTRACT`.
 * @param log is told what takes long.
 */
export const startSandbox = async (
  settings: SandboxSettings,
  environment: Readonly<Record<string, string | undefined>>,
  log: (line: string) => void,
): Promise<E.Either<SandboxRefusal, RunningSandbox>> => {
  const addresses: Omit<Addresses, 'postgres'> = {
    lethe: `http://127.0.0.1:${settings.lethePort}`,
    identity: `http://127.0.0.1:${settings.identityPort}`,
  }
  // Before anything is started: the address of the database does not change what else may be wrong.
  const mistakes = decodeConfig(apiEnvironment(settings, addresses, environment, 'memory:'))
  if (E.isLeft(mistakes)) return E.left({ mistakes: mistakes.left.mistakes })

  if (settings.reset)
    for (const name of stateNames)
      await rm(join(settings.stateFolder, name), { recursive: true, force: true })
  const closing: Array<() => Promise<unknown>> = []
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).toReversed()) await close()
  }
  const refuse = async (refusal: SandboxRefusal): Promise<E.Either<SandboxRefusal, never>> => {
    await stop()
    return E.left(refusal)
  }

  const keys = await loadSigningKeys(join(settings.stateFolder, 'identity-provider-key.json'))
  const identity = await orRefusal(
    `The identity provider cannot listen on port ${settings.identityPort}; set LETHE_SANDBOX_IDENTITY_PORT to another one.`,
    () => listenOnLoopback(identityProvider(addresses.identity, keys).fetch, settings.identityPort),
  )
  if (E.isLeft(identity)) return refuse(identity.left)
  closing.push(identity.right.stop)

  const database = await openSandboxDatabase(settings, log)
  if (E.isLeft(database)) return refuse(database.left)
  closing.push(database.right.stop)

  const config = decodeConfig(apiEnvironment(settings, addresses, environment, database.right.appUrl))
  if (E.isLeft(config)) return refuse({ mistakes: config.left.mistakes })
  const apiLog = createLog(config.right.logLevel)
  const profiles = await openKeptProfiles(join(settings.stateFolder, 'removed-profiles'), seedProfiles())
  closing.push(profiles.close)
  const store = await openStore(config.right, 'both', apiLog)
  if (E.isLeft(store)) return refuse({ mistakes: store.left.mistakes })
  const api = await orRefusal(
    `Lethe cannot listen on port ${settings.lethePort}; set LETHE_PORT to another one.`,
    () => startApi(config.right, 'both', store.right, profiles.data, apiLog),
  )
  if (E.isLeft(api)) return refuse(api.left)
  // Closed first: requests in flight may still need the keys and the database.
  closing.push(api.right.stop)
  return E.right({ addresses: { ...addresses, postgres: database.right.address }, stop })
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
  addresses: Omit<Addresses, 'postgres'>,
  environment: Readonly<Record<string, string | undefined>>,
  databaseUrl: string,
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
  LETHE_DATABASE_URL: databaseUrl,
})
