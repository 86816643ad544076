import { createServer, type RequestListener } from 'node:http'

export interface LoopbackServer {
  readonly port: number
  readonly url: string
  readonly close: () => Promise<void>
}

/** Listens on a free port of 127.0.0.1. */
export const openLoopbackServer = async (listener: RequestListener): Promise<LoopbackServer> => {
  const server = createServer(listener)
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
