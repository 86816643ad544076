import { createServer } from 'node:net'
import { freePorts as anyFreePorts, isFree } from '../../src/free-ports.js'

export { isFree }

/** The ports of a sandbox. */
export interface Ports {
  readonly lethe: number
  readonly identity: number
  readonly graph: number
  readonly postgres: number
}

/** Ports of a sandbox that nobody listens on. */
export const freePorts = async (): Promise<Ports> => {
  const [lethe = 0, identity = 0, graph = 0, postgres = 0] = await anyFreePorts(4)
  return { lethe, identity, graph, postgres }
}

/** One such port. */
export const freePort = async (): Promise<number> => {
  const [port = 0] = await anyFreePorts(1)
  return port
}

/** Keeps a port busy until it is let go. */
export const occupy = async (port: number): Promise<() => Promise<void>> => {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      resolve()
    })
  })
  return () =>
    new Promise(resolve => {
      server.close(() => {
        resolve()
      })
    })
}
