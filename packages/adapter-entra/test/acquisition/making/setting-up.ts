import { randomBytes } from 'node:crypto'
import type { Clock } from '@lethe/application'
import {
  ActorReference,
  instantFromMilliseconds,
  RemovalRequestId,
  type TenantCaller,
  type TenantId,
  UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { Agent } from 'undici'
import {
  type AcquisitionProblem,
  type ClientCredential,
  type GraphTokenRequest,
  type GraphTokens,
  graphTokens,
  type SealingKeys,
  sealingKeysFrom,
} from '../../../src/index.js'
import { contoso } from '../../tokens.js'
import type { FakeEntra } from './fake-entra.js'
import { type MemorySignIns, memorySignIns } from './memory-sign-ins.js'

const decoded = <A>(codec: t.Decoder<unknown, A>, text: string): A => {
  const result = codec.decode(text)
  if (E.isLeft(result)) throw new Error('A value of the tests is malformed')
  return result.right
}

export const requestId = decoded(RemovalRequestId, '01990000-0000-7000-8000-000000000001')
export const otherRequestId = decoded(RemovalRequestId, '01990000-0000-7000-8000-000000000002')
export const actor = decoded(ActorReference, '01990000-0000-4000-8000-00000000000a')
export const otherActor = decoded(ActorReference, '01990000-0000-4000-8000-00000000000b')

export const assertion = 'eyJhbGciOiJSUzI1NiJ9.bWVnYW4.YXNzZXJ0aW9u'
export const clientSecret = 'a secret of the tests'
const graph = 'https://graph.example'

export const callerOf = (tenantId: TenantId): TenantCaller => ({
  kind: 'workAccount',
  tenantId,
  userId: decoded(UserId, 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac'),
  appId: null,
  scopes: [],
  appRoles: [],
  directoryRoles: [],
  guest: false,
  agent: false,
})
const megan = callerOf(contoso)

export const keyText = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`
export const keysOf = (...texts: ReadonlyArray<string>): SealingKeys => {
  const keys = sealingKeysFrom(texts.join(','))
  if (E.isLeft(keys)) throw new Error('The keys of the tests are malformed')
  return keys.right
}

export interface TestClock extends Clock {
  readonly forward: (seconds: number) => void
}

/** Starts now: MSAL, which has a clock of its own, says until when a token is good. */
export const testClock = (): TestClock => {
  let now = Date.now()
  return {
    now: () => instantFromMilliseconds(now),
    forward: seconds => {
      now += seconds * 1000
    },
  }
}

/** A store and keys that several processes may share, and a clock. */
export interface Shared {
  readonly store: MemorySignIns
  readonly keys: SealingKeys
  readonly clock: TestClock
}

export const sharedParts = (): Shared => ({
  store: memorySignIns(),
  keys: keysOf(keyText('k1')),
  clock: testClock(),
})

export interface Process extends GraphTokens {
  readonly problems: ReadonlyArray<AcquisitionProblem>
}

const processes: Array<GraphTokens> = []

export const closeProcesses = async (): Promise<void> => {
  await Promise.all(processes.splice(0).map(({ close }) => close()))
}

interface Options {
  readonly secret?: ClientCredential
  readonly clock?: Clock
  readonly timeoutMs?: number
  readonly authorityHost?: string
}

const commonOf = (entra: FakeEntra, options: Options, problems: Array<AcquisitionProblem>) => ({
  clientId: 'lethe',
  secret: options.secret ?? { kind: 'secret' as const, secret: clientSecret },
  authorityHost: options.authorityHost ?? entra.host,
  insecureAuthority: entra.host.startsWith('http:'),
  graph,
  clock: options.clock ?? testClock(),
  openDispatcher: (wanted: Agent.Options) => new Agent(wanted),
  timeoutMs: options.timeoutMs ?? 60_000,
  onProblem: (problem: AcquisitionProblem) => {
    problems.push(problem)
  },
})

/** A process that acts in Lethe's own name. */
export const applicationProcess = (entra: FakeEntra, options: Options = {}): Process => {
  const problems: Array<AcquisitionProblem> = []
  const tokens = graphTokens({ ...commonOf(entra, options, problems), credential: 'application' })
  processes.push(tokens)
  return { ...tokens, problems }
}

/** A process that removes on behalf of people. */
export const delegatedProcess = (
  entra: FakeEntra,
  shared: Shared,
  options: Options & { readonly assertion?: string | null } = {},
): Process => {
  const problems: Array<AcquisitionProblem> = []
  const tokens = graphTokens({
    ...commonOf(entra, { clock: shared.clock, ...options }, problems),
    credential: 'delegated',
    sealed: shared.store,
    keys: shared.keys,
    assertionOf: () => (options.assertion === undefined ? assertion : options.assertion),
  })
  processes.push(tokens)
  return { ...tokens, problems }
}

export const reading: GraphTokenRequest = { tenantId: contoso, removing: null, claims: null, rejected: null }
export const removal: GraphTokenRequest = {
  tenantId: contoso,
  removing: { requestId, onBehalfOf: actor },
  claims: null,
  rejected: null,
}
export const meganSignedIn = { tenantId: contoso, requestId, actor, caller: megan }

/** The token, or the problem. */
export const tokenOf = async (tokens: GraphTokens, request: GraphTokenRequest): Promise<unknown> =>
  E.toUnion(await tokens.token(request)())
