import * as E from 'fp-ts/lib/Either.js'

/** What the sandbox is told by its environment and its arguments. */
export interface SandboxSettings {
  readonly lethePort: number
  readonly identityPort: number
  /** The folder of everything that survives a restart. */
  readonly stateFolder: string
  readonly reset: boolean
}

/** One line for each mistake. */
export type SettingMistakes = ReadonlyArray<string>

/**
 * @param args arguments of the command line: `--reset` or nothing.
 * @param environment `LETHE_PORT`, `LETHE_SANDBOX_IDENTITY_PORT` and `LETHE_SANDBOX_STATE`, each with a default.
 */
export const decodeSettings = (
  args: ReadonlyArray<string>,
  environment: Readonly<Record<string, string | undefined>>,
): E.Either<SettingMistakes, SandboxSettings> => {
  const lethePort = portIn(environment['LETHE_PORT'], 8080)
  const identityPort = portIn(environment['LETHE_SANDBOX_IDENTITY_PORT'], 8081)
  const mistakes = [
    ...(args.every(argument => argument === '--reset') ? [] : ['Expected no argument but --reset']),
    ...(lethePort === null ? ['LETHE_PORT: expected a port, 1 to 65535'] : []),
    ...(identityPort === null ? ['LETHE_SANDBOX_IDENTITY_PORT: expected a port, 1 to 65535'] : []),
    ...(lethePort !== null && lethePort === identityPort
      ? ['LETHE_SANDBOX_IDENTITY_PORT: expected another port than LETHE_PORT']
      : []),
  ]
  return lethePort === null || identityPort === null || mistakes.length > 0
    ? E.left(mistakes)
    : E.right({
        lethePort,
        identityPort,
        stateFolder: textIn(environment['LETHE_SANDBOX_STATE'], '.lethe'),
        reset: args.includes('--reset'),
      })
}

const textIn = (text: string | undefined, usual: string): string =>
  text === undefined || text === '' ? usual : text

const portIn = (text: string | undefined, usual: number): number | null => {
  if (text === undefined || text === '') return usual
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : null
}
