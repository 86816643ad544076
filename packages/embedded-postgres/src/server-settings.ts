import { clusterSetting } from './orphan.js'

/** Settings that whoever starts a server may change. */
const usual: Readonly<Record<string, string>> = {
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Statements and keys may hold personal data.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
}

/** Settings that keep the server on loopback, findable, and its errors readable. */
const fixed: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  logging_collector: 'off',
  log_destination: 'stderr',
  lc_messages: 'C',
}

const reserved = new Set([
  ...Object.keys(fixed),
  'port',
  'cluster_name',
  'config_file',
  'data_directory',
  'external_pid_file',
  'hba_file',
  'ident_file',
])

/** The first setting that is not free to choose, if any. PostgreSQL does not tell upper from lower case in their names. */
export const reservedSetting = (settings: Readonly<Record<string, string>>): string | null =>
  Object.keys(settings).find(name => reserved.has(name.toLowerCase())) ?? null

/** The arguments of the server. */
export const serverArguments = (
  data: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): ReadonlyArray<string> => [
  '-D',
  data,
  '-p',
  String(port),
  '-c',
  clusterSetting,
  ...Object.entries({ ...usual, ...settings, ...fixed }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]),
]
