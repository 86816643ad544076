import { randomInt } from 'node:crypto'
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

/** The ports of a sandbox. */
export interface Ports {
  readonly lethe: number
  readonly identity: number
  readonly graph: number
  readonly postgres: number
}

/** Below the ports that the system gives to outgoing connections: one of those could take a port before it is listened on. */
const [lowest, highest] = [12_000, 32_000]

/** A port that nobody listens on. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(lowest, highest)
    if (await isFree(port)) return port
  }
}

/** Ports of a sandbox that nobody listens on. */
export const freePorts = async (): Promise<Ports> => {
  const found = new Set<number>()
  while (found.size < 4) found.add(await freePort())
  const [lethe = 0, identity = 0, graph = 0, postgres = 0] = found
  return { lethe, identity, graph, postgres }
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
