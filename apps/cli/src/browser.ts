import { once } from 'node:events'

/** Opens an address in the browser of this machine. Loaded only when it is needed: signing in is rare. */
export const openBrowser = async (url: URL): Promise<boolean> => {
  if (!hasScreen(process.platform, process.env)) return false
  try {
    const { default: open } = await import('open')
    const opener = await open(url.href)
    // An opener that is not there says so as an event, and without a listener that ends the process.
    void once(opener, 'exit').catch(() => undefined)
    return true
  } catch {
    return false
  }
}

/** On Linux an opener that has no screen fails without a word, later. WSL opens the browser of Windows. */
export const hasScreen = (
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): boolean =>
  platform !== 'linux' ||
  ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME'].some(name => (env[name] ?? '') !== '')
