import { createServer, type Server } from 'node:net'

const listening = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      resolve(server)
    })
  })

const closed = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => {
      resolve()
    })
  })

const portOf = (server: Server): number => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return address.port
}

/** The ports of a sandbox. */
export interface Ports {
  readonly lethe: number
  readonly identity: number
  readonly graph: number
  readonly postgres: number
}

/** Ports that nobody listens on. */
export const freePorts = async (): Promise<Ports> => {
  const servers = [await listening(0), await listening(0), await listening(0), await listening(0)] as const
  const ports = {
    lethe: portOf(servers[0]),
    identity: portOf(servers[1]),
    graph: portOf(servers[2]),
    postgres: portOf(servers[3]),
  }
  await Promise.all(servers.map(closed))
  return ports
}

/** One such port. */
export const freePort = async (): Promise<number> => {
  const server = await listening(0)
  const port = portOf(server)
  await closed(server)
  return port
}

/** Keeps a port busy until it is let go. */
export const occupy = async (port: number): Promise<() => Promise<void>> => {
  const server = await listening(port)
  return () => closed(server)
}

/** Whether nobody listens on a port. */
export const isFree = async (port: number): Promise<boolean> => {
  try {
    await closed(await listening(port))
    return true
  } catch {
    return false
  }
}
