import { createServer, type ServerResponse } from 'node:http'
import { withoutProxy } from '@lethe/adapter-system/network'
import { onTestFinished } from 'vitest'
import type { GraphConfig } from '../../src/graph-config.js'

/** What a scripted server answers; a text is sent as it is, anything else as JSON. */
export interface Scripted {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that a script sees. */
export interface Seen {
  readonly method: string
  /** After `/beta`, with the query. */
  readonly path: string
  readonly token: string
}

/** Graph and its token endpoint, which answer as told, call by call. */
export interface ScriptedGraph {
  /** Replaced at will. */
  answer: (seen: Seen) => Scripted
  token: () => Scripted
  readonly config: GraphConfig
  readonly seen: ReadonlyArray<Seen>
}

export const collectionPath = '/directory/inboundSharedUserProfiles'
export const graphError = (status: number, code: string): Scripted => ({
  status,
  body: { error: { code, message: 'A text that is shown to nobody.' } },
  headers: { 'request-id': `the-answer-${status}` },
})

/** How Lethe reaches a Graph, and its token endpoint, that serve at that address. */
export const graphConfigAt = (address: string): GraphConfig => ({
  kind: 'graph',
  root: `${address}/beta`,
  audience: address,
  authority: address,
  clientId: 'lethe',
  secret: { kind: 'secret', secret: 'hunter2' },
  delegated: null,
  allowInsecure: true,
  proxies: withoutProxy,
})

/** Serves by script until the test ends. Each token is another one. */
export const scriptedGraph = async (): Promise<ScriptedGraph> => {
  const seen: Array<Seen> = []
  let tokens = 0
  const send = ({ status, body, headers = {} }: Scripted, response: ServerResponse) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(text)
  }
  const server = createServer((request, response) => {
    const url = request.url ?? ''
    request.resume()
    if (url.includes('/oauth2/v2.0/token')) return send(graph.token(), response)
    const one = {
      method: request.method ?? '',
      path: url.replace(/^\/beta/, ''),
      token: (request.headers.authorization ?? '').replace('Bearer ', ''),
    }
    seen.push(one)
    send(graph.answer(one), response)
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(
    () =>
      new Promise<void>(resolve => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  )
  const bound = server.address()
  const address = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`
  const graph: ScriptedGraph = {
    answer: () => graphError(500, 'notScripted'),
    token: () => {
      tokens += 1
      return {
        status: 200,
        body: { token_type: 'Bearer', expires_in: 3600, access_token: `token-${tokens}` },
      }
    },
    config: graphConfigAt(address),
    seen,
  }
  return graph
}
