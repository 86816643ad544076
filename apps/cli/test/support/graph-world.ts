import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TenantId, UserId } from '@lethe/domain'
import {
  contoso,
  createSignIns,
  type Faults,
  freePorts,
  type GraphTwin,
  type SignIns,
  graphAudience,
  identityProvider,
  letheCliClientId,
  listenOnLoopback,
  seedProfiles,
  startGraphTwin,
} from '@lethe/sandbox'
import * as E from 'fp-ts/lib/Either.js'
import { decoded } from './decoded.js'
import { lethe, type Ran, type World } from './fake-io.js'
import { sandboxKeys } from './sandbox-keys.js'
import { playBrowser } from './sign-in-world.js'

export const tenantId = decoded(TenantId, contoso)
/** Nobody whom another part of the sandbox names. */
const users = [...(seedProfiles().get(tenantId) ?? [])].slice(2).map(({ userId }) => userId)
export const user = (index: number): UserId => decoded(UserId, users[index])
/** Somebody whose home is the tenant itself, and who shows all the same. */
export const localUser = decoded(UserId, '00000000-0000-4000-8000-000000000077')
export const stranger = '00000000-0000-4000-8000-000000000099'

/** A Graph that listens on loopback, somebody's token for it, and a state folder of the operator. */
export interface GraphWorld {
  readonly twin: GraphTwin
  readonly signIns: SignIns
  readonly identity: string
  readonly state: string
  readonly clientId: string
  readonly clientSecret: string
  readonly env: Readonly<Record<string, string>>
  readonly tokenOf: (as: string) => Promise<string>
  /** Sets how Graph misbehaves, and nothing else goes wrong. */
  readonly misbehave: (faults: Faults) => void
  /** Moves the clock of the Graph. */
  readonly pass: (milliseconds: number) => void
  readonly graph: (argv: ReadonlyArray<string>, world?: World) => Promise<Ran>
  /** `lethe graph login`, with the browser played. */
  readonly logIn: (person: string, more?: ReadonlyArray<string>, world?: World) => Promise<Ran>
  /** `lethe graph remove`, confirmed. */
  readonly remove: (userId: string, more?: ReadonlyArray<string>, world?: World) => Promise<Ran>
  readonly isThere: (userId: UserId) => Promise<boolean>
  readonly stop: () => Promise<void>
}

export const openGraphWorld = async (): Promise<GraphWorld> => {
  const [identityPort = 0, port = 0] = await freePorts(2)
  const folder = await mkdtemp(join(tmpdir(), 'lethe-graph-'))
  const identity = `http://127.0.0.1:${identityPort}`
  const { keys, registration } = sandboxKeys
  const signIns = createSignIns()
  const provider = await listenOnLoopback(
    identityProvider({ baseUrl: identity, keys, registration, signIns }).fetch,
    identityPort,
  )
  let now = 0
  const started = await startGraphTwin({
    port,
    identity,
    removedProfilesFile: join(folder, 'removed'),
    profiles: new Map([
      ...seedProfiles(),
      [
        tenantId,
        [
          ...(seedProfiles().get(tenantId) ?? []),
          {
            userId: localUser,
            displayName: 'Local',
            userPrincipalName: 'local@contoso.example',
            homeTenantId: tenantId,
          },
        ],
      ],
    ]),
    seed: 1,
    clock: () => now,
  })
  if (E.isLeft(started)) throw new Error(`The twin did not start: ${started.left.mistakes.join('; ')}`)
  const twin = started.right
  const misbehave = (faults: Faults): void => void twin.plans.put(tenantId, faults)
  misbehave({})
  const tokenOf = async (as: string): Promise<string> => {
    const response = await fetch(`${identity}/sandbox/token`, {
      method: 'POST',
      headers: { Accept: 'text/plain' },
      body: JSON.stringify({ as, claims: { aud: graphAudience } }),
    })
    return response.text()
  }
  const state = join(folder, 'state')
  const env = {
    LETHE_SERVER: '',
    LETHE_TOKEN: '',
    LETHE_GRAPH_TENANT: tenantId,
    LETHE_GRAPH_URL: `${twin.address}/beta`,
    LETHE_GRAPH_AUTHORITY: identity,
    LETHE_GRAPH_AUDIENCE: graphAudience,
    LETHE_GRAPH_TOKEN: await tokenOf('adele'),
    XDG_STATE_HOME: state,
  }
  const graph = (argv: ReadonlyArray<string>, world: World = {}): Promise<Ran> =>
    lethe('', ['graph', ...argv], { ...world, env: { ...env, ...world.env } })
  return {
    twin,
    signIns,
    identity,
    state,
    clientId: registration.clientId,
    clientSecret: registration.secret,
    env,
    tokenOf,
    misbehave,
    pass: milliseconds => {
      now += milliseconds
    },
    graph,
    logIn: (person, more = [], world = {}) =>
      graph(['login', '--client-id', letheCliClientId, ...more], {
        stderrIsTerminal: true,
        startsAt: Date.now(),
        openBrowser: url => {
          void playBrowser(url, person)
          return true
        },
        ...world,
        env: { LETHE_GRAPH_TOKEN: '', ...world.env },
      }),
    remove: (userId, more = [], world = {}) =>
      graph(
        ['remove', userId, '--break-glass', '--reason', 'Ticket 4711', '--confirm', userId, ...more],
        world,
      ),
    isThere: async userId => {
      const found = await twin.data.inboundProfiles.get(tenantId, userId)()
      return E.isRight(found) && found.right._tag === 'Some'
    },
    stop: async () => {
      await twin.stop()
      await provider.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
