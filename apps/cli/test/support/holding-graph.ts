import { freePorts, listenOnLoopback } from '@lethe/sandbox'

/** A Graph that holds removals back. */
export interface HoldingGraph {
  /** What to set LETHE_GRAPH_URL to. */
  readonly root: string
  /** Resolves once a removal is held. */
  readonly held: Promise<void>
  readonly letGo: () => void
  readonly stop: () => Promise<void>
}

/**
 * Stands before another Graph, and answers no removal until it is let go.
 *
 * @param address of the other one, without a slash at its end.
 * @param when whether a removal is held before or after it took effect.
 */
export const holdingGraph = async (address: string, when: 'before' | 'after'): Promise<HoldingGraph> => {
  const [port = 0] = await freePorts(1)
  const held = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const forward = (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    const authorization = request.headers.get('authorization') ?? ''
    return fetch(`${address}${pathname}${search}`, { method: request.method, headers: { authorization } })
  }
  const server = await listenOnLoopback(async request => {
    if (request.method === 'GET') return forward(request)
    const done = when === 'after' ? await forward(request) : null
    held.resolve()
    await released.promise
    return done ?? forward(request)
  }, port)
  return {
    root: `http://127.0.0.1:${port}/beta`,
    held: held.promise,
    letGo: released.resolve,
    stop: async () => {
      await server.stop()
    },
  }
}
