import { createServer } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'

export interface LoopbackServer {
  readonly stop: () => Promise<void>
}

/** Serves HTTP on 127.0.0.1 only. Rejects where the port cannot be had. */
export const listenOnLoopback = async (
  fetch: (request: Request, connection: HttpBindings) => Response | Promise<Response>,
  port: number,
): Promise<LoopbackServer> => {
  const server = createServer((incoming, outgoing) => {
    const listener = getRequestListener(request => fetch(request, { incoming, outgoing }))
    void listener(incoming, outgoing)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      resolve()
    })
  })
  return {
    stop: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
