import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'

/** The two ends of the exchange that a call is made in. */
export type Connection = HttpBindings

/**
 * Tells node-server to write nothing more. A clone is a Response of Node's: node-server's own kind, which the original
 * is where a listener was made before its module was loaded, is written without a look at this mark.
 */
const alreadySent = RESPONSE_ALREADY_SENT.clone()

/** Waits, but not for a client that is gone. */
export const wait = async ({ outgoing }: Connection, milliseconds: number): Promise<void> => {
  if (milliseconds <= 0 || outgoing.destroyed) return
  await new Promise<void>(resolve => {
    const done = (): void => {
      clearTimeout(timer)
      outgoing.removeListener('close', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    outgoing.once('close', done)
  })
}

/** Whether the connection was cut off, in the place of an answer or in its middle. */
export const isCutOff = (response: Response): boolean => response === alreadySent

/** Resets the connection (RST), so that no answer comes. */
export const reset = ({ outgoing }: Connection): Response => {
  outgoing.socket?.resetAndDestroy()
  return alreadySent
}

/**
 * Sends an answer whose body ends before its `Content-Length` says so, and closes the connection.
 *
 * @param response an answer without a body is made one of 200 with a body.
 */
export const truncate = async ({ outgoing }: Connection, response: Response): Promise<Response> => {
  const text = (await response.text()) || '{"@odata.context":"","value":[]}'
  const cut = text.slice(0, Math.ceil(text.length / 2))
  outgoing.writeHead(response.status === 204 ? 200 : response.status, {
    ...Object.fromEntries(response.headers),
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
  })
  outgoing.write(cut, () => {
    outgoing.socket?.destroySoon()
  })
  return alreadySent
}
