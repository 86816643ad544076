import {
  type AbsenceRule,
  ContractName,
  describeErrors,
  type ApprovalPolicy,
  LocalDate,
  PositiveInteger,
  type PublishedContract,
  contracts,
  TenantId,
  type WorkingCalendar,
  saturdayAndSunday,
} from '@lethe/domain'
import type { SignInOptions } from '@lethe/api-contract'
import { expectedSealingKeys, sealingKeysFrom, type SealingKeys, trustedIssuers } from '@lethe/adapter-entra'
import { type ProxySettings, readProxySettings, withoutProxy } from '@lethe/adapter-system/network'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import {
  type DataPlaneConfig,
  decodeDataPlaneConfig,
  GraphSettings,
  type Surroundings,
} from './graph-config.js'
import { type Role, servesIn } from './role.js'
import {
  either,
  httpUrl,
  InHeader,
  isLoopback,
  listOf,
  optional,
  setting,
  trueOrFalse,
  urlOf,
  wholeNumber,
} from './setting.js'

/** What the API is told by its environment, decoded and checked. */
export interface Config {
  readonly host: string
  readonly port: number
  /** Where a worker answers probes; null for nowhere. */
  readonly workerHealthPort: number | null
  /** The base of every link that Lethe gives out, without a slash at the end. Never taken from a request. */
  readonly publicUrl: string
  readonly contract: PublishedContract
  readonly tenants: ReadonlyArray<TenantId>
  readonly audiences: ReadonlyArray<string>
  readonly issuers: ReadonlyArray<string>
  readonly requiredRoles: ReadonlyArray<string>
  /** Where a caller without a token is sent. */
  readonly authority: string
  readonly clientId: string
  /** How people sign in from the command line; null where it has no registration. */
  readonly signIn: SignInOptions | null
  readonly approval: ApprovalPolicy
  readonly approvalExpiryDays: number | null
  readonly calendar: WorkingCalendar
  readonly readBackLimitSeconds: number
  readonly attemptLimitSeconds: number
  /** When a profile counts as gone. */
  readonly absence: AbsenceRule
  /** How long a connection on which nothing is under way is kept. */
  readonly keepAliveSeconds: number
  /** How long a client may take nothing of an answer. */
  readonly writeTimeoutSeconds: number
  /** How long it goes on serving once it was told to stop. */
  readonly drainSeconds: number
  /** How long it may take to finish after that. */
  readonly shutdownSeconds: number
  readonly logLevel: LogLevel
  /** Where everything is kept; null for in memory, gone with the process. */
  readonly databaseUrl: string | null
  /** A file with the password, read for each new connection; null where the URL has it. */
  readonly databasePasswordFile: string | null
  readonly databaseConnections: number
  /** What the heads of histories are sealed with; null where nothing is kept. */
  readonly historyKeys: SealingKeys | null
  /** How many jobs a worker holds at once. */
  readonly workerConcurrency: number
  /** How many jobs of one tenant all workers hold at once. */
  readonly tenantConcurrency: number
  /** For how long a worker that is gone keeps its jobs from others. */
  readonly leaseSeconds: number
  /** Where the profiles of inbound users are, and how they are reached. */
  readonly dataPlane: DataPlaneConfig
  /** How everybody outside is reached. */
  readonly proxies: ProxySettings
}

/** What `lethe-api migrate` is told by its environment. */
export interface MigrationConfig {
  /** Of a role that may change the schema. */
  readonly ownerUrl: string
  /** A file with that role's password; null where the URL has it. */
  readonly ownerPasswordFile: string | null
  readonly leaseSeconds: number
}

/** Settings that are missing or wrong: each with its name and what is expected, never with its value. */
export interface BadConfig {
  readonly _tag: 'BadConfig'
  readonly mistakes: ReadonlyArray<string>
}

const approvalPolicy = setting<ApprovalPolicy>(
  'automatic, or how many people must approve (1 or more)',
  text => {
    if (text === 'automatic') return E.right({ mode: 'automatic' })
    const required = Number(text)
    return either(
      /^\d{1,3}$/.test(text) && PositiveInteger.is(required) ? { mode: 'approvers', required } : null,
    )
  },
)

const LogLevel = t.keyof({ fatal: null, error: null, warn: null, info: null, debug: null, silent: null })
type LogLevel = t.TypeOf<typeof LogLevel>

/** The word for a store in memory. */
const memory = 'memory:'

/** `pg` knows no list of hosts, and would look for one host of that name. */
const postgresUrl = setting('a postgres:// URL with one host, user and password percent-encoded', text =>
  either(/^postgres(?:ql)?:\/\/[^\s]+$/.test(text) && isOfOneHost(urlOf(text)) ? text : null),
)
const databaseUrl = setting(
  'a postgres:// URL with one host, user and password percent-encoded, or memory: to keep nothing',
  text => (text === memory ? E.right(null) : postgresUrl.decode(text)),
)

const isOfOneHost = (url: URL | null): boolean =>
  url !== null &&
  [url.host, ...url.searchParams.getAll('host'), ...url.searchParams.getAll('port')].every(
    part => !part.includes(',') && !/%2c/i.test(part),
  ) &&
  [url.username, url.password, url.pathname].every(isDecodable)

const isDecodable = (text: string): boolean =>
  E.isRight(
    E.tryCatch(
      () => decodeURIComponent(text),
      () => null,
    ),
  )

const usualPort = 8080
const week = 7 * 86_400

const Settings = t.type({
  LETHE_HOST: optional(setting('a host name or address', E.right), '127.0.0.1'),
  LETHE_PORT: optional(wholeNumber('a port, 0 to 65535', 0, 65_535), usualPort),
  LETHE_WORKER_HEALTH_PORT: optional(wholeNumber('a port, 0 to 65535', 0, 65_535), null),
  LETHE_PUBLIC_URL: optional(httpUrl('an http or https URL without query or fragment'), null),
  LETHE_CONTRACT: optional(
    setting('seed or graph', text => ContractName.decode(text)),
    'seed',
  ),
  LETHE_TENANTS: listOf('a list of tenant ids, no wildcard', TenantId),
  LETHE_AUDIENCES: listOf('a list of audiences', InHeader),
  LETHE_ISSUERS: listOf('a list of issuer URLs', t.string),
  LETHE_ALLOW_INSECURE_ISSUER: optional(trueOrFalse, false),
  LETHE_REQUIRED_ROLES: optional(listOf('a list of app roles', t.string), []),
  LETHE_AUTHORITY: optional(httpUrl('an http or https URL'), 'https://login.microsoftonline.com/common'),
  LETHE_CLIENT_ID: optional(
    setting('the client id of the app registration', text => InHeader.decode(text)),
    null,
  ),
  LETHE_CLI_CLIENT_ID: optional(
    setting('the client id of the app registration of the command line', text => InHeader.decode(text)),
    null,
  ),
  LETHE_APPROVALS: optional<ApprovalPolicy, ApprovalPolicy>(approvalPolicy, {
    mode: 'approvers',
    required: 1,
  }),
  LETHE_APPROVAL_EXPIRY_DAYS: optional(wholeNumber('days, 1 to 3650', 1, 3650), null),
  LETHE_PUBLIC_HOLIDAYS: optional(listOf('a list of dates as YYYY-MM-DD', LocalDate), []),
  LETHE_READ_BACK_LIMIT_SECONDS: optional(wholeNumber('seconds, 1 or more', 1, 999_999_999), week),
  LETHE_ATTEMPT_LIMIT_SECONDS: optional(wholeNumber('seconds, 1 or more', 1, 999_999_999), week),
  LETHE_ABSENCE_LOOKS: optional(wholeNumber('looks, 1 to 100', 1, 100), 3),
  LETHE_ABSENCE_SECONDS: optional(wholeNumber('seconds, 0 to 86400', 0, 86_400), 60),
  LETHE_KEEP_ALIVE_SECONDS: optional(wholeNumber('seconds, 1 to 3600', 1, 3600), 75),
  LETHE_WRITE_TIMEOUT_SECONDS: optional(wholeNumber('seconds, 1 to 3600', 1, 3600), 30),
  LETHE_DRAIN_SECONDS: optional(wholeNumber('seconds, 0 to 3600', 0, 3600), 5),
  LETHE_SHUTDOWN_SECONDS: optional(wholeNumber('seconds, 0 to 3600', 0, 3600), 10),
  LETHE_LOG_LEVEL: optional(
    setting('fatal, error, warn, info, debug or silent', text => LogLevel.decode(text)),
    'info',
  ),
  LETHE_DATABASE_URL: databaseUrl,
  LETHE_DATABASE_PASSWORD_FILE: optional(setting('a path', E.right), null),
  LETHE_HISTORY_KEYS: optional(setting(expectedSealingKeys, sealingKeysFrom), null),
  LETHE_DATABASE_CONNECTIONS: optional(wholeNumber('connections, 2 to 500', 2, 500), 10),
  LETHE_WORKER_CONCURRENCY: optional(wholeNumber('jobs, 1 to 1000', 1, 1000), 512),
  LETHE_TENANT_CONCURRENCY: optional(wholeNumber('jobs, 1 to 1000', 1, 1000), 256),
  LETHE_LEASE_SECONDS: optional(wholeNumber('seconds, 10 to 3600', 10, 3600), 60),
  // Read by `decodeMigrationConfig`; here so that their names are known.
  LETHE_DATABASE_OWNER_URL: optional(setting('text', E.right), null),
  LETHE_DATABASE_OWNER_PASSWORD_FILE: optional(setting('a path', E.right), null),
  // Read by `readProfiles`; here so that its name is known.
  LETHE_PROFILES_FILE: optional(setting('a path', E.right), null),
})
type Settings = t.TypeOf<typeof Settings>

/** The names of all settings of the API. */
const settingNames: ReadonlySet<string> = new Set([
  ...Object.keys(Settings.props),
  ...Object.keys(GraphSettings.props),
])

/**
 * Names in the environment that look like settings of the API, but are none: most likely misspelt.
 *
 * Settings of the CLI and of the sandbox are left out, and what Kubernetes sets.
 */
export const unknownSettings = (
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyArray<string> =>
  Object.keys(environment).filter(
    name =>
      name.startsWith('LETHE_') &&
      !settingNames.has(name) &&
      !name.startsWith('LETHE_SANDBOX_') &&
      !['LETHE_SERVER', 'LETHE_TOKEN', 'LETHE_CONTEXT'].includes(name) &&
      !isInjected(name, environment[name]),
  )

/**
 * Names in the environment that Kubernetes sets in each pod, for a service called `lethe` or `lethe-something`. Source: Kubernetes,
 * Service, environment variables.
 */
export const injectedSettings = (
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyArray<string> =>
  Object.entries(environment)
    .filter(([name, value]) => !settingNames.has(name) && isInjected(name, value))
    .map(([name]) => name)

const injectedName =
  /^LETHE_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$/

const isInjected = (name: string, value: string | undefined): boolean =>
  injectedName.test(name) || (/^LETHE_(?:\w+_)?PORT$/.test(name) && isServiceLink(value))

const isServiceLink = (value: string | undefined): boolean => /^(?:tcp|udp|sctp):\/\//.test(value ?? '')

const { LETHE_TENANTS, LETHE_ISSUERS, LETHE_ALLOW_INSECURE_ISSUER, LETHE_HOST } = Settings.props
const { LETHE_DATABASE_URL, LETHE_DATABASE_PASSWORD_FILE, LETHE_HISTORY_KEYS, LETHE_PUBLIC_URL } =
  Settings.props
const { LETHE_GRAPH_URL } = GraphSettings.props
const PasswordSettings = t.type({ LETHE_DATABASE_URL, LETHE_DATABASE_PASSWORD_FILE })
const HistorySettings = t.type({ LETHE_DATABASE_URL, LETHE_HISTORY_KEYS })
/** The settings that must fit each other, decoded apart from the rest, so that one mistake does not hide another. */
const TrustSettings = t.type({ LETHE_TENANTS, LETHE_ISSUERS })
const IssuerSettings = t.type({ LETHE_ISSUERS, LETHE_ALLOW_INSECURE_ISSUER, LETHE_HOST })
type IssuerSettings = t.TypeOf<typeof IssuerSettings>
const LinkSettings = t.type({ LETHE_HOST, LETHE_PUBLIC_URL })
const MemorySettings = t.type({ LETHE_DATABASE_URL, LETHE_GRAPH_URL })

/**
 * Reads the configuration.
 *
 * @param role what the process does; null where it neither serves nor works, as `check`.
 * @returns all that is wrong with it at once: names and what is expected, never a value.
 */
export const decodeConfig = (
  environment: Readonly<Record<string, string | undefined>>,
  role: Role | null = 'both',
): E.Either<BadConfig, Config> => {
  const settings = Settings.decode(environment)
  const read = readProxySettings(environment)
  const proxies = E.getOrElse(() => withoutProxy)(read)
  const dataPlane = decodeDataPlaneConfig(
    environment,
    E.isLeft(settings) ? null : surroundingsOf(settings.right, proxies),
  )
  const mistakes = [
    ...(E.isLeft(settings) ? describeErrors(settings.left) : []),
    ...['LETHE_PORT', 'LETHE_WORKER_HEALTH_PORT']
      .filter(name => isServiceLink(environment[name]))
      .map(injectedPort),
    ...mistakesIn(LinkSettings.decode(environment), linkMistakes(role)),
    ...mistakesIn(MemorySettings.decode(environment), memoryMistakes(role)),
    ...mistakesIn(TrustSettings.decode(environment), trustMistakes),
    ...mistakesIn(IssuerSettings.decode(environment), insecureMistakes),
    ...mistakesIn(HistorySettings.decode(environment), historyMistakes),
    ...mistakesIn(PasswordSettings.decode(environment), settings =>
      passwordMistakes('LETHE_DATABASE', settings.LETHE_DATABASE_URL, settings.LETHE_DATABASE_PASSWORD_FILE),
    ),
    ...(E.isLeft(dataPlane) ? dataPlane.left : []),
    ...(E.isLeft(read) ? [read.left.mistake] : []),
  ]
  return E.isLeft(settings) || E.isLeft(dataPlane) || mistakes.length > 0
    ? E.left({ _tag: 'BadConfig', mistakes })
    : E.right({ ...configOf(settings.right, dataPlane.right), proxies })
}

const surroundingsOf = (settings: Settings, proxies: ProxySettings): Surroundings => ({
  clientId: settings.LETHE_CLIENT_ID ?? clientIdIn(settings.LETHE_AUDIENCES),
  audiences: settings.LETHE_AUDIENCES,
  approvesByItself: settings.LETHE_APPROVALS.mode === 'automatic',
  allowInsecure: settings.LETHE_ALLOW_INSECURE_ISSUER,
  proxies,
})

/** The mistakes between settings; none where one of them is wrong by itself, which is reported already. */
const mistakesIn = <A>(
  settings: E.Either<unknown, A>,
  between: (settings: A) => ReadonlyArray<string>,
): ReadonlyArray<string> => (E.isRight(settings) ? between(settings.right) : [])

const injectedPort = (name: string): string => {
  const service = name.slice(0, -'_PORT'.length).toLowerCase().replaceAll('_', '-')
  return `${name}: expected enableServiceLinks: false in the pod, or ${name} set there: Kubernetes sets it for a service called ${service}`
}

const linkMistakes =
  (role: Role | null) =>
  (settings: t.TypeOf<typeof LinkSettings>): ReadonlyArray<string> =>
    role === null || !servesIn(role) || settings.LETHE_PUBLIC_URL !== null || isLoopback(settings.LETHE_HOST)
      ? []
      : [
          'LETHE_PUBLIC_URL: expected the URL by which callers reach Lethe where LETHE_HOST is not a loopback address',
        ]

const memoryMistakes =
  (role: Role | null) =>
  (settings: t.TypeOf<typeof MemorySettings>): ReadonlyArray<string> => [
    ...(settings.LETHE_DATABASE_URL === null && (role === 'api' || role === 'worker')
      ? [
          `LETHE_DATABASE_URL: expected a postgres:// URL with --role ${role}: no other process sees what memory: holds`,
        ]
      : []),
    ...(settings.LETHE_DATABASE_URL === null && !isTrial(settings.LETHE_GRAPH_URL)
      ? [
          'LETHE_DATABASE_URL: expected a postgres:// URL where LETHE_GRAPH_URL is not on loopback: memory: forgets what was removed',
        ]
      : []),
  ]

/** Whether nobody's data is behind a URL of Graph. */
const isTrial = (graphUrl: string): boolean =>
  graphUrl === memory || isLoopback(urlOf(graphUrl)?.hostname ?? '')

const trustMistakes = (settings: t.TypeOf<typeof TrustSettings>): ReadonlyArray<string> =>
  E.isRight(trustedIssuers(settings.LETHE_TENANTS, settings.LETHE_ISSUERS))
    ? []
    : ['LETHE_ISSUERS: expected URLs that name one tenant each that is served, or hold {tenantid}']

const historyMistakes = (settings: t.TypeOf<typeof HistorySettings>): ReadonlyArray<string> =>
  settings.LETHE_DATABASE_URL === null || settings.LETHE_HISTORY_KEYS !== null
    ? []
    : [`LETHE_HISTORY_KEYS: expected ${expectedSealingKeys}: nobody else can then make up a history`]

/** @param name what the names of the two settings begin with. */
const passwordMistakes = (name: string, url: string | null, file: string | null): ReadonlyArray<string> => {
  if (file !== null && url === null)
    return [`${name}_PASSWORD_FILE: expected none beside memory:, which has no password`]
  const { password = '', searchParams = new URLSearchParams() } = urlOf(url ?? '') ?? {}
  return file !== null && (password !== '' || searchParams.has('password'))
    ? [`${name}_PASSWORD_FILE: expected ${name}_URL to be without a password beside it`]
    : []
}

const insecureMistakes = (settings: IssuerSettings): ReadonlyArray<string> =>
  settings.LETHE_ISSUERS.some(isInsecure) ? insecureIssuerMistakes(settings) : []

const insecureIssuerMistakes = (settings: IssuerSettings): ReadonlyArray<string> => [
  ...(settings.LETHE_ALLOW_INSECURE_ISSUER
    ? []
    : [
        'LETHE_ISSUERS: expected https (http needs LETHE_ALLOW_INSECURE_ISSUER=true, and is for sandboxes only)',
      ]),
  ...(settings.LETHE_ISSUERS.filter(isInsecure).every(issuer => isLoopback(urlOf(issuer)?.hostname ?? ''))
    ? []
    : ['LETHE_ISSUERS: expected an http issuer to be on loopback']),
  ...(isLoopback(settings.LETHE_HOST)
    ? []
    : ['LETHE_HOST: expected a loopback address while an http issuer is trusted']),
]

const isInsecure = (issuer: string): boolean => !issuer.toLowerCase().startsWith('https:')

const configOf = (settings: Settings, dataPlane: DataPlaneConfig): Omit<Config, 'proxies'> => ({
  host: settings.LETHE_HOST,
  port: settings.LETHE_PORT,
  workerHealthPort: settings.LETHE_WORKER_HEALTH_PORT,
  publicUrl: settings.LETHE_PUBLIC_URL ?? `http://${hostInUrl(settings.LETHE_HOST)}:${settings.LETHE_PORT}`,
  contract: contracts[settings.LETHE_CONTRACT],
  tenants: settings.LETHE_TENANTS,
  audiences: settings.LETHE_AUDIENCES,
  issuers: settings.LETHE_ISSUERS,
  requiredRoles: settings.LETHE_REQUIRED_ROLES,
  authority: settings.LETHE_AUTHORITY,
  clientId: settings.LETHE_CLIENT_ID ?? clientIdIn(settings.LETHE_AUDIENCES),
  signIn: signInOf(settings),
  approval: settings.LETHE_APPROVALS,
  approvalExpiryDays: settings.LETHE_APPROVAL_EXPIRY_DAYS,
  calendar: { ...saturdayAndSunday, publicHolidays: settings.LETHE_PUBLIC_HOLIDAYS },
  readBackLimitSeconds: settings.LETHE_READ_BACK_LIMIT_SECONDS,
  attemptLimitSeconds: settings.LETHE_ATTEMPT_LIMIT_SECONDS,
  absence: { looks: settings.LETHE_ABSENCE_LOOKS, seconds: settings.LETHE_ABSENCE_SECONDS },
  keepAliveSeconds: settings.LETHE_KEEP_ALIVE_SECONDS,
  writeTimeoutSeconds: settings.LETHE_WRITE_TIMEOUT_SECONDS,
  drainSeconds: settings.LETHE_DRAIN_SECONDS,
  shutdownSeconds: settings.LETHE_SHUTDOWN_SECONDS,
  logLevel: settings.LETHE_LOG_LEVEL,
  databaseUrl: settings.LETHE_DATABASE_URL,
  databasePasswordFile: settings.LETHE_DATABASE_PASSWORD_FILE,
  databaseConnections: settings.LETHE_DATABASE_CONNECTIONS,
  historyKeys: settings.LETHE_HISTORY_KEYS,
  workerConcurrency: settings.LETHE_WORKER_CONCURRENCY,
  tenantConcurrency: settings.LETHE_TENANT_CONCURRENCY,
  leaseSeconds: settings.LETHE_LEASE_SECONDS,
  dataPlane,
})

/** Everything that people have consented to, of the first audience. Source: Microsoft identity platform, the .default scope. */
const signInOf = (settings: Settings): SignInOptions | null =>
  settings.LETHE_CLI_CLIENT_ID === null
    ? null
    : {
        authority: settings.LETHE_AUTHORITY,
        clientId: settings.LETHE_CLI_CLIENT_ID,
        scopes: [`${resourceIn(settings.LETHE_AUDIENCES)}/.default`],
      }

/** The application id URI: what an audience is, or what one is made of that is a bare client id. */
const resourceIn = ([audience = '']: ReadonlyArray<string>): string =>
  audience.includes('://') ? audience.replace(/\/+$/, '') : `api://${audience}`

const MigrationSettings = t.type({
  LETHE_DATABASE_OWNER_URL: postgresUrl,
  LETHE_DATABASE_OWNER_PASSWORD_FILE: Settings.props.LETHE_DATABASE_OWNER_PASSWORD_FILE,
  LETHE_LEASE_SECONDS: Settings.props.LETHE_LEASE_SECONDS,
})

/** Reads what a migration needs: the owner's URL and password, and for how long the queue leaves a job with a worker. */
export const decodeMigrationConfig = (
  environment: Readonly<Record<string, string | undefined>>,
): E.Either<BadConfig, MigrationConfig> => {
  const settings = MigrationSettings.decode(environment)
  if (E.isLeft(settings)) return E.left({ _tag: 'BadConfig', mistakes: describeErrors(settings.left) })
  const {
    LETHE_DATABASE_OWNER_URL: ownerUrl,
    LETHE_DATABASE_OWNER_PASSWORD_FILE: ownerPasswordFile,
    LETHE_LEASE_SECONDS: leaseSeconds,
  } = settings.right
  const mistakes = passwordMistakes('LETHE_DATABASE_OWNER', ownerUrl, ownerPasswordFile)
  return mistakes.length > 0
    ? E.left({ _tag: 'BadConfig', mistakes })
    : E.right({ ownerUrl, ownerPasswordFile, leaseSeconds })
}

const hostInUrl = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)

/** An audience is the client id itself (v2 tokens) or the application id URI, `api://{client id}`. */
const clientIdIn = (audiences: ReadonlyArray<string>): string => (audiences[0] ?? '').replace(/^api:\/\//, '')
