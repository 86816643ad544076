import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, type AddressInfo, type Server } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeSelfSigned } from '../../src/identity/self-signed-certificate.js'
import { identityProvider } from '../../src/identity-provider.js'
import { listenOnLoopback } from '../../src/loopback-server.js'
import { contoso } from '../../src/people.js'
import { seedProfiles } from '../../src/seed-profiles.js'
import { newFolder } from './folders.js'
import { freePort } from './ports.js'
import { providerDeps } from './provider.js'

/** Names that no resolver knows (RFC 6761, 6.4): a call that does not go through the proxy fails by itself. */
export const names = { login: 'login.lethe.invalid', graph: 'graph.lethe.invalid', api: 'api.lethe.invalid' }

/** A network whose hosts are reached through its proxy alone, over TLS by an authority of its own. */
export interface ProxiedWorld {
  /** What a process on that network is told. */
  readonly environment: Readonly<Record<string, string>>
  /** The password of the proxy, which no output may show. */
  readonly password: string
  /** The address of the proxy with another password. */
  readonly strangers: string
  /** The hosts and ports that the proxy was asked for. */
  readonly asked: Array<string>
  /** The status with which the proxy refuses a host. */
  readonly refusing: Map<string, number>
  /** Where the identity provider is for those on this machine. */
  readonly identity: string
  readonly clientId: string
  readonly clientSecret: string
  /** The profiles that Graph holds. */
  readonly profiles: Set<string>
  /** Serves what listens on a port of this machine under the name of the API. */
  readonly serveApi: (port: number) => void
  readonly stop: () => Promise<void>
}

const profilesOfContoso = [...seedProfiles()].flatMap(([tenantId, profiles]) =>
  tenantId === contoso ? [...profiles] : [],
)

const portOf = async (server: Server): Promise<number> => {
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return address.port
}

/** A Graph that gives, lists and removes profiles, to callers with a token. */
const graphOf = (profiles: Set<string>) => (message: IncomingMessage, response: ServerResponse) => {
  const send = (status: number, body?: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  const all = profilesOfContoso.filter(({ userId }) => profiles.has(userId))
  const [, userId, action] = /inboundSharedUserProfiles\/([^/?]+)(\/\w+)?/.exec(message.url ?? '') ?? []
  message.resume()
  if (!(message.headers.authorization ?? '').startsWith('Bearer ey')) return send(401)
  if (userId === undefined) return send(200, { value: all })
  const one = all.find(profile => profile.userId === userId)
  if (one === undefined) return send(404, { error: { code: 'Request_ResourceNotFound', message: 'None.' } })
  if (action === undefined) return send(200, one)
  profiles.delete(userId)
  return send(204)
}

export const openProxiedWorld = async (): Promise<ProxiedWorld> => {
  const folder = await newFolder()
  const { privateKeyPem: key, certificatePem: cert } = await makeSelfSigned('*.lethe.invalid')
  const authority = join(folder, 'authority.pem')
  await writeFile(authority, cert)

  const identityPort = await freePort()
  const deps = providerDeps(`https://${names.login}`)
  const provider = await listenOnLoopback(identityProvider(deps).fetch, identityPort)
  const profiles = new Set<string>(profilesOfContoso.map(({ userId }) => userId))
  const graph = createServer(graphOf(profiles))
  const ports = new Map([
    [names.login, identityPort],
    [names.graph, await portOf(graph)],
  ])

  /** Ends TLS for all names, and hands on what comes. */
  const front = createTlsServer({ key, cert }, (message, response) => {
    const { method, url, headers } = message
    const port = ports.get(headers.host ?? '')
    if (port === undefined) return response.writeHead(421).end()
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, answer => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    return message.pipe(onward)
  })
  const frontPort = await portOf(front)

  const password = 'hunter2'
  const asked: Array<string> = []
  const refusing = new Map<string, number>()
  const credential = `Basic ${Buffer.from(`lethe:${password}`).toString('base64')}`
  const sockets = new Set<{ readonly destroy: () => unknown }>()
  // Nothing goes through it but tunnels to these names.
  const proxy = createServer((message, response) => {
    asked.push(`plain ${message.url ?? ''}`)
    response.writeHead(403).end()
  })
  proxy.on('connect', (message, client) => {
    const host = message.url ?? ''
    asked.push(host)
    const isKnown = Object.values(names).some(name => host === `${name}:443`)
    const status =
      message.headers['proxy-authorization'] === credential
        ? (refusing.get(host.replace(/:443$/, '')) ?? (isKnown ? null : 502))
        : 407
    sockets.add(client)
    if (status !== null) return client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
    const onward = connect(frontPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.pipe(client).pipe(onward)
    })
    onward.on('error', () => client.destroy())
    return client.on('error', () => onward.destroy()).on('close', () => onward.destroy())
  })
  const proxyPort = await portOf(proxy)

  return {
    environment: {
      HTTPS_PROXY: `http://lethe:${password}@127.0.0.1:${proxyPort}`,
      NODE_EXTRA_CA_CERTS: authority,
    },
    password,
    strangers: `http://lethe:hunter3@127.0.0.1:${proxyPort}`,
    asked,
    refusing,
    identity: `http://127.0.0.1:${identityPort}`,
    clientId: deps.registration.clientId,
    clientSecret: deps.registration.secret,
    profiles,
    serveApi: port => {
      ports.set(names.api, port)
    },
    stop: async () => {
      await provider.stop()
      for (const socket of sockets) socket.destroy()
      for (const server of [proxy, front, graph])
        await new Promise<void>(resolve => {
          server.close(() => resolve())
          server.closeAllConnections()
        })
    },
  }
}
