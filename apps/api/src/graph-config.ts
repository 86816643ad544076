import {
  authorityOf,
  type CredentialSource,
  expectedSealingKeys,
  sealingKeysFrom,
  type SealingKeys,
} from '@lethe/adapter-entra'
import type { ProxySettings } from '@lethe/adapter-system/network'
import { describeErrors } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { httpUrl, InHeader, isLoopback, optional, setting, urlOf } from './setting.js'

/** How Microsoft Graph is reached. */
export interface GraphConfig {
  readonly kind: 'graph'
  /** The base of every call, such as `https://graph.microsoft.com/beta`. */
  readonly root: string
  /** Whom the tokens are for: scopes are `{audience}/.default`. */
  readonly audience: string
  /** Where tokens come from, without a tenant. */
  readonly authority: string
  readonly clientId: string
  readonly secret: CredentialSource
  /** What the sign-ins of approvers are sealed with, in whose name data is removed; null where Lethe does so in its own. */
  readonly delegated: SealingKeys | null
  /** Whether `http:` addresses on loopback may be called. */
  readonly allowInsecure: boolean
  readonly proxies: ProxySettings
}

/** Where the profiles of inbound users are. */
export type DataPlaneConfig = GraphConfig | { readonly kind: 'memory' }

/** The word for profiles in memory. */
const memory = 'memory:'

const graphUrl = setting('an http or https URL, or memory: for profiles from LETHE_PROFILES_FILE', text =>
  text === memory ? E.right(memory) : httpUrl('').decode(text),
)
const text = (expected: string) => setting(expected, E.right)

export const GraphSettings = t.type({
  LETHE_GRAPH_URL: optional(graphUrl, 'https://graph.microsoft.com/beta'),
  LETHE_GRAPH_AUDIENCE: optional(httpUrl('the URL that tokens for Graph are for'), null),
  LETHE_GRAPH_AUTHORITY: optional(httpUrl('an http or https URL'), 'https://login.microsoftonline.com'),
  LETHE_GRAPH_CLIENT_ID: optional(
    setting('the client id of the app registration', id => InHeader.decode(id)),
    null,
  ),
  LETHE_GRAPH_CREDENTIAL: optional(
    setting('application or delegated', word => t.keyof({ application: null, delegated: null }).decode(word)),
    'application',
  ),
  LETHE_GRAPH_CLIENT_SECRET: optional(text('a client secret'), null),
  LETHE_GRAPH_CERTIFICATE_FILE: optional(text('a path'), null),
  LETHE_GRAPH_FEDERATED_TOKEN_FILE: optional(text('a path'), null),
  LETHE_SEALING_KEYS: optional(setting(expectedSealingKeys, sealingKeysFrom), null),
})
type GraphSettings = t.TypeOf<typeof GraphSettings>

/** What of the rest of the configuration counts here. */
export interface Surroundings {
  /** The client id of Lethe's own registration, as far as it is known. */
  readonly clientId: string
  /** Whom the tokens of callers are for. */
  readonly audiences: ReadonlyArray<string>
  readonly approvesByItself: boolean
  readonly allowInsecure: boolean
  readonly proxies: ProxySettings
}

/**
 * Reads how Graph is reached.
 *
 * @param surroundings null where the rest of the configuration is wrong, and says so by itself.
 * @returns all that is wrong at once: names and what is expected, never a value.
 */
export const decodeDataPlaneConfig = (
  environment: Readonly<Record<string, string | undefined>>,
  surroundings: Surroundings | null,
): E.Either<ReadonlyArray<string>, DataPlaneConfig> => {
  const settings = GraphSettings.decode(environment)
  if (E.isLeft(settings)) return E.left(describeErrors(settings.left))
  const read = settings.right
  if (read.LETHE_GRAPH_URL === memory) return E.right({ kind: 'memory' })
  const secret = secretIn(read)
  const mistakes = [
    ...(E.isLeft(secret) ? [secret.left] : []),
    ...(surroundings === null ? [] : mistakesIn(read, surroundings)),
  ]
  return E.isLeft(secret) || surroundings === null || mistakes.length > 0
    ? E.left(mistakes)
    : E.right(graphConfigOf(read, surroundings, secret.right))
}

const secretIn = (settings: GraphSettings): E.Either<string, CredentialSource> => {
  const {
    LETHE_GRAPH_CLIENT_SECRET: secret,
    LETHE_GRAPH_CERTIFICATE_FILE: certificate,
    LETHE_GRAPH_FEDERATED_TOKEN_FILE: federated,
  } = settings
  const [found, ...more]: ReadonlyArray<CredentialSource> = [
    ...(secret === null ? [] : [{ kind: 'secret', secret } as const]),
    ...(certificate === null ? [] : [{ kind: 'certificateFile', path: certificate } as const]),
    ...(federated === null ? [] : [{ kind: 'federatedTokenFile', path: federated } as const]),
  ]
  return found === undefined || more.length > 0
    ? E.left(
        'LETHE_GRAPH_CLIENT_SECRET, LETHE_GRAPH_CERTIFICATE_FILE, LETHE_GRAPH_FEDERATED_TOKEN_FILE: expected one of them (none with LETHE_GRAPH_URL=memory:)',
      )
    : E.right(found)
}

const mistakesIn = (
  settings: GraphSettings,
  { clientId, audiences, approvesByItself, allowInsecure }: Surroundings,
): ReadonlyArray<string> => [
  ...(settings.LETHE_GRAPH_CREDENTIAL === 'delegated' &&
  !isAmong(audiences, settings.LETHE_GRAPH_CLIENT_ID ?? clientId)
    ? [
        'LETHE_GRAPH_CLIENT_ID: expected the registration of LETHE_AUDIENCES where the credential is delegated: the tokens of approvers are for it',
      ]
    : []),
  ...(settings.LETHE_GRAPH_CREDENTIAL === 'delegated' && approvesByItself
    ? ['LETHE_GRAPH_CREDENTIAL: expected application where approval is automatic: nobody approves to act for']
    : []),
  ...(settings.LETHE_GRAPH_CREDENTIAL === 'delegated' && settings.LETHE_SEALING_KEYS === null
    ? ['LETHE_SEALING_KEYS: expected a key where the credential is delegated']
    : []),
  ...(isSafe(settings.LETHE_GRAPH_URL, allowInsecure) ? [] : [`LETHE_GRAPH_URL: ${expectedHttps}`]),
  ...(E.isRight(authorityOf(settings.LETHE_GRAPH_AUTHORITY, allowInsecure))
    ? []
    : [`LETHE_GRAPH_AUTHORITY: ${expectedHttps}, without a tenant`]),
]

const expectedHttps =
  'expected https (http needs LETHE_ALLOW_INSECURE_ISSUER=true and loopback, and is for sandboxes only)'

/** An audience is the client id itself (v2 tokens) or the application id URI, `api://{client id}`. */
const isAmong = (audiences: ReadonlyArray<string>, clientId: string): boolean =>
  audiences.includes(clientId) || audiences.includes(`api://${clientId}`)

const isSafe = (url: string, allowInsecure: boolean): boolean =>
  url.toLowerCase().startsWith('https:') || (allowInsecure && isLoopback(urlOf(url)?.hostname ?? ''))

const graphConfigOf = (
  settings: GraphSettings,
  { clientId, allowInsecure, proxies }: Surroundings,
  secret: CredentialSource,
): GraphConfig => ({
  kind: 'graph',
  root: settings.LETHE_GRAPH_URL,
  audience: settings.LETHE_GRAPH_AUDIENCE ?? urlOf(settings.LETHE_GRAPH_URL)?.origin ?? '',
  authority: settings.LETHE_GRAPH_AUTHORITY,
  clientId: settings.LETHE_GRAPH_CLIENT_ID ?? clientId,
  secret,
  delegated: settings.LETHE_GRAPH_CREDENTIAL === 'delegated' ? settings.LETHE_SEALING_KEYS : null,
  allowInsecure,
  proxies,
})
