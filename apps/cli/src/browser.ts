import { once } from 'node:events'

/** Opens an address in the browser of this machine. Loaded only when it is needed: signing in is rare. */
export const openBrowser = async (url: URL): Promise<boolean> => {
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
