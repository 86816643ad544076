import * as E from 'fp-ts/lib/Either.js'

/** What the sandbox is told by its environment and its arguments. */
export interface SandboxSettings {
  readonly lethePort: number
  readonly identityPort: number
  readonly graphPort: number
  readonly postgresPort: number
  /** A database of somebody else's to use instead of the sandbox's own server; null for none. */
  readonly databaseUrl: string | null
  /** The folder of everything that survives a restart. */
  readonly stateFolder: string
  readonly reset: boolean
}

/** One line for each mistake. */
export type SettingMistakes = ReadonlyArray<string>

type Environment = Readonly<Record<string, string | undefined>>

const portNames = [
  'LETHE_PORT',
  'LETHE_SANDBOX_IDENTITY_PORT',
  'LETHE_SANDBOX_GRAPH_PORT',
  'LETHE_SANDBOX_POSTGRES_PORT',
] as const
type PortName = (typeof portNames)[number]

const usualPorts: Readonly<Record<PortName, number>> = {
  LETHE_PORT: 8080,
  LETHE_SANDBOX_IDENTITY_PORT: 8081,
  LETHE_SANDBOX_GRAPH_PORT: 8082,
  LETHE_SANDBOX_POSTGRES_PORT: 8083,
}

/**
 * @param args arguments of the command line: `--reset` or nothing.
 * @param environment `LETHE_PORT`, `LETHE_SANDBOX_IDENTITY_PORT`, `LETHE_SANDBOX_GRAPH_PORT`,
 * `LETHE_SANDBOX_POSTGRES_PORT`, `LETHE_SANDBOX_STATE` and `LETHE_SANDBOX_DATABASE_URL`, each with a default.
 */
export const decodeSettings = (
  args: ReadonlyArray<string>,
  environment: Environment,
): E.Either<SettingMistakes, SandboxSettings> => {
  const [lethe, identity, graph, postgres] = portNames.map(name =>
    portIn(environment[name], usualPorts[name]),
  )
  const databaseUrl = textIn(environment['LETHE_SANDBOX_DATABASE_URL'], null)
  const reset = args.includes('--reset')
  const mistakes = [
    ...(args.every(argument => argument === '--reset') ? [] : ['Expected no argument but --reset']),
    ...portNames.filter(name => portIn(environment[name], 1) === null).map(portMistake),
    ...samePorts(environment),
    ...(databaseUrl === null || isPostgresUrl(databaseUrl)
      ? []
      : ['LETHE_SANDBOX_DATABASE_URL: expected a postgres:// URL']),
    ...(databaseUrl !== null && reset
      ? ['--reset: expected no LETHE_SANDBOX_DATABASE_URL, whose database the sandbox never resets']
      : []),
  ]
  return typeof lethe !== 'number' ||
    typeof identity !== 'number' ||
    typeof graph !== 'number' ||
    typeof postgres !== 'number' ||
    mistakes.length > 0
    ? E.left(mistakes)
    : E.right({
        lethePort: lethe,
        identityPort: identity,
        graphPort: graph,
        postgresPort: postgres,
        databaseUrl,
        stateFolder: textIn(environment['LETHE_SANDBOX_STATE'], '.lethe'),
        reset,
      })
}

const portMistake = (name: PortName): string => `${name}: expected a port, 1 to 65535`

/** Each port that an earlier setting has already. */
const samePorts = (environment: Environment): SettingMistakes => {
  const ports = portNames.map(name => portIn(environment[name], usualPorts[name]))
  return portNames.flatMap((name, index) => {
    const earlier = ports.indexOf(ports[index] ?? null)
    return ports[index] === null || earlier === index
      ? []
      : [`${name}: expected another port than ${portNames[earlier] ?? ''}`]
  })
}

const textIn = <Usual>(text: string | undefined, usual: Usual): string | Usual =>
  text === undefined || text === '' ? usual : text

const isPostgresUrl = (text: string): boolean => URL.canParse(text) && /^postgres(?:ql)?:\/\//.test(text)

const portIn = (text: string | undefined, usual: number): number | null => {
  if (text === undefined || text === '') return usual
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : null
}
