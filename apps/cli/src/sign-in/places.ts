import { isAbsolute, join } from 'node:path'
import type { Io } from '../io.js'

/** The file of the contexts. Source: XDG Base Directory Specification, which has relative paths ignored. */
export const contextsFile = (io: Pick<Io, 'env' | 'home'>): string =>
  join(folder(io, 'XDG_CONFIG_HOME', '.config'), 'contexts.json')

/** The file of the sign-in of a context. */
export const signInFile = (io: Pick<Io, 'env' | 'home'>, context: string): string =>
  join(folder(io, 'XDG_STATE_HOME', join('.local', 'state')), `sign-in-${context}.json`)

const folder = ({ env, home }: Pick<Io, 'env' | 'home'>, name: string, usual: string): string => {
  const given = env[name] ?? ''
  return join(isAbsolute(given) ? given : join(home, usual), 'lethe')
}
