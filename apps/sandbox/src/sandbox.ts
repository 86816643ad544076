import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { createLog, decodeConfig, openDataPlane, openStore, startApi } from '@lethe/api'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { parseClaimsRequest } from './identity/claims-request.js'
import { loadClientRegistration, registrationFiles } from './identity/client-registration.js'
import { graphResource } from './identity/graph-access.js'
import { createSignIns, type SignIns } from './identity/sign-ins.js'
import { identityProvider } from './identity-provider.js'
import { keptJson } from './kept-json.js'
import { listenOnLoopback } from './loopback-server.js'
import { contoso, letheCliClientId, letheClientId, northwind, people } from './people.js'
import type { SandboxRefusal } from './refusal.js'
import { openSandboxDatabase } from './sandbox-database.js'
import { seedProfiles } from './seed-profiles.js'
import type { SandboxSettings } from './settings.js'
import { loadSigningKeys } from './signing-keys.js'
import type { Addresses } from './tour.js'
import { startGraphTwin } from './twin/graph-twin.js'

export interface RunningSandbox {
  readonly addresses: Addresses
  readonly stop: () => Promise<void>
}

/** What the sign-ins of approvers are sealed with. */
const sealingKeyFile = 'sealing-key.json'
const historyKeyFile = 'history-key.json'

/** What `--reset` takes away: what the sandbox itself put into its folder, and nothing else that is there. */
const stateNames = [
  'identity-provider-key.json',
  ...Object.values(registrationFiles),
  sealingKeyFile,
  historyKeyFile,
  'postgres',
  'removed-profiles',
]

/**
 * Starts everything of Lethe on this machine: PostgreSQL, the identity provider, the twin of Microsoft
 * Graph, and the API with its worker.
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
    graph: `http://127.0.0.1:${settings.graphPort}`,
  }
  // Before anything is started: the address of the database does not change what else may be wrong.
  const mistakes = decodeConfig(apiEnvironment(settings, addresses, environment, 'memory:', unknownYet))
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
  const registration = await loadClientRegistration(settings.stateFolder)
  const signIns = createSignIns()
  const provider = identityProvider({ baseUrl: addresses.identity, keys, registration, signIns })
  const identity = await orRefusal(
    `The identity provider cannot listen on port ${settings.identityPort}; set LETHE_SANDBOX_IDENTITY_PORT to another one.`,
    () => listenOnLoopback(provider.fetch, settings.identityPort),
  )
  if (E.isLeft(identity)) return refuse(identity.left)
  closing.push(identity.right.stop)

  const twin = await orRefusal(
    `The Graph twin cannot listen on port ${settings.graphPort}; set LETHE_SANDBOX_GRAPH_PORT to another one.`,
    () =>
      startGraphTwin({
        port: settings.graphPort,
        identity: addresses.identity,
        removedProfilesFile: join(settings.stateFolder, 'removed-profiles'),
        profiles: seedProfiles(),
        demandOf: demandOf(signIns),
      }),
  )
  if (E.isLeft(twin)) return refuse(twin.left)
  if (E.isLeft(twin.right)) return refuse(twin.right.left)
  closing.push(twin.right.right.stop)

  const database = await openSandboxDatabase(settings, log)
  if (E.isLeft(database)) return refuse(database.left)
  closing.push(database.right.stop)

  const kept = {
    certificateFile: registration.certificate.file,
    sealingKeys: (await keptJson(join(settings.stateFolder, sealingKeyFile), SealingKey, newSealingKey)).key,
    historyKeys: (await keptJson(join(settings.stateFolder, historyKeyFile), SealingKey, newSealingKey)).key,
  }
  const config = decodeConfig(apiEnvironment(settings, addresses, environment, database.right.appUrl, kept))
  if (E.isLeft(config)) return refuse({ mistakes: config.left.mistakes })
  const apiLog = createLog(config.right.logLevel)
  const store = await openStore(config.right, 'both', apiLog)
  if (E.isLeft(store)) return refuse({ mistakes: store.left.mistakes })
  const data = await openDataPlane(config.right.dataPlane, new Map(), store.right.ports, apiLog)
  if (E.isLeft(data)) {
    await store.right.close()
    return refuse({ mistakes: data.left.mistakes })
  }
  const api = await orRefusal(
    `Lethe cannot listen on port ${settings.lethePort}; set LETHE_PORT to another one.`,
    () => startApi(config.right, 'both', store.right, data.right, apiLog),
  )
  if (E.isLeft(api)) return refuse(api.left)
  // Closed first: requests in flight may still need the keys and the database.
  closing.push(api.right.stop)
  return E.right({ addresses: { ...addresses, postgres: database.right.address }, stop })
}

/** What Graph asks of a person's tokens while their sign-in was set so. */
const demandOf = (signIns: SignIns) => (tenantId: string, userId: string) => {
  const name = [...people].find(([, { tid, claims }]) => tid === tenantId && claims['oid'] === userId)?.[0]
  const demanded = name === undefined ? undefined : signIns.of(name).claims
  return demanded === undefined ? null : E.getOrElseW(() => null)(parseClaimsRequest(demanded))
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

/** What is made at the first start and kept. */
interface Kept {
  readonly certificateFile: string
  readonly sealingKeys: string
  readonly historyKeys: string
}

const SealingKey = t.strict({ key: t.string }, 'SealingKey')

const newSealingKey = async (): Promise<t.TypeOf<typeof SealingKey>> => ({
  key: `sandbox:${randomBytes(32).toString('base64')}`,
})

/** Settings that fit, in the place of what is not made yet. */
const unknownYet: Kept = {
  certificateFile: 'none',
  sealingKeys: `none:${Buffer.alloc(32).toString('base64')}`,
  historyKeys: `none:${Buffer.alloc(32).toString('base64')}`,
}

/** The variables by which a proxy may be named. */
const noProxy = { HTTPS_PROXY: '', https_proxy: '', HTTP_PROXY: '', http_proxy: '' }

const apiEnvironment = (
  settings: SandboxSettings,
  addresses: Omit<Addresses, 'postgres'>,
  environment: Readonly<Record<string, string | undefined>>,
  databaseUrl: string,
  { certificateFile, sealingKeys, historyKeys }: Kept,
): Readonly<Record<string, string | undefined>> => ({
  LETHE_LOG_LEVEL: 'warn',
  // A minute is long for who tries it out.
  LETHE_ABSENCE_SECONDS: '2',
  // Nothing in front of it has to be told first.
  LETHE_DRAIN_SECONDS: '0',
  LETHE_PUBLIC_URL: addresses.lethe,
  ...environment,
  // Everything is on this machine.
  ...noProxy,
  LETHE_HOST: '127.0.0.1',
  LETHE_PORT: String(settings.lethePort),
  LETHE_TENANTS: `${contoso},${northwind}`,
  LETHE_AUDIENCES: letheClientId,
  LETHE_ISSUERS: `${addresses.identity}/{tenantid}/v2.0`,
  LETHE_AUTHORITY: `${addresses.identity}/${contoso}`,
  LETHE_CLI_CLIENT_ID: letheCliClientId,
  LETHE_ALLOW_INSECURE_ISSUER: 'true',
  LETHE_DATABASE_URL: databaseUrl,
  LETHE_GRAPH_URL: `${addresses.graph}/beta`,
  LETHE_GRAPH_AUDIENCE: graphResource,
  LETHE_GRAPH_AUTHORITY: addresses.identity,
  LETHE_GRAPH_CLIENT_ID: letheClientId,
  LETHE_GRAPH_CLIENT_SECRET: '',
  LETHE_GRAPH_CERTIFICATE_FILE: certificateFile,
  LETHE_GRAPH_FEDERATED_TOKEN_FILE: '',
  LETHE_SEALING_KEYS: sealingKeys,
  LETHE_HISTORY_KEYS: historyKeys,
})
