import { connect, createServer, type Socket } from 'node:net'

/** Passes on what a client and a server of PostgreSQL say to each other, and keeps how each connection began. */
export interface Proxy {
  /** The same database through the proxy. */
  readonly url: string
  /** The parameters that each connection was started with, in the order of the connections. */
  readonly startups: ReadonlyArray<Readonly<Record<string, string>>>
  /** How many clients are connected now. */
  readonly clients: () => number
  /** Lets nothing of the server through any more to those who are connected now. */
  readonly hold: () => void
  readonly close: () => Promise<void>
}

/** @param url of a database, reached over TCP without TLS. */
export const proxyTo = async (url: string): Promise<Proxy> => {
  const { hostname, port } = new URL(url)
  const startups: Array<Readonly<Record<string, string>>> = []
  const clients = new Set<Socket>()
  const held = new Set<Socket>()
  const server = createServer(client => {
    const upstream = connect(Number(port), hostname)
    clients.add(client)
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    client.once('data', first => {
      startups.push(parametersIn(first))
    })
    client.on('data', chunk => upstream.write(chunk))
    upstream.on('data', chunk => held.has(client) || client.write(chunk))
    client.on('close', () => {
      clients.delete(client)
      upstream.destroy()
    })
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const through = new URL(url)
  through.host = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  return {
    url: through.href,
    startups,
    clients: () => clients.size,
    hold: () => {
      for (const client of clients) held.add(client)
    },
    close: async () => {
      for (const client of clients) client.destroy()
      await new Promise(resolve => {
        server.close(resolve)
      })
    },
  }
}

/** A length, the version of the protocol, and names and values that end with a zero. Source: PostgreSQL, StartupMessage. */
const parametersIn = (message: Buffer): Readonly<Record<string, string>> => {
  const words = message.toString('utf8', 8).split('\0')
  return Object.fromEntries(
    words.flatMap((word, index) => (index % 2 === 0 && word !== '' ? [[word, words[index + 1] ?? '']] : [])),
  )
}
