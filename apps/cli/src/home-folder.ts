import { homedir, userInfo } from 'node:os'
import { isAbsolute } from 'node:path'

/**
 * The operator's own folder: HOME, or the one that the platform has for the user where HOME is empty or relative, which would mean
 * whatever folder lethe is called in. `''` where there is none, as for users of containers.
 */
export const homeFolder = (): string =>
  [homedir, () => userInfo().homedir].map(asked).find(folder => isAbsolute(folder)) ?? ''

const asked = (ask: () => string): string => {
  try {
    return ask()
  } catch {
    return ''
  }
}
