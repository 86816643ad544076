import { connect } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { Load, type LoadReport } from './messages.js'

/**
 * The n-th id of a series, for n up to 2^32: spread evenly, as the ids of users are, and cheap, because what the client costs
 * the server goes without.
 */
const idOf = (salt: string, n: number): string =>
  `${(Math.imul(n, 0x9e_37_79_b1) >>> 0).toString(16).padStart(8, '0')}${salt.slice(8)}`

const noContent = Buffer.from('204')

/** Keeps so many connections busy, with one request at a time on each. */
const run = (load: Load): Promise<LoadReport> =>
  new Promise(resolve => {
    const milliseconds: Array<number> = []
    let sent = 0
    let failed = 0
    let open = load.connections
    const started = performance.now()
    const end = started + load.seconds * 1000

    const report = (): LoadReport => {
      const seconds = (performance.now() - started) / 1000
      milliseconds.sort((one, other) => one - other)
      const at = (share: number): number => milliseconds[Math.floor(milliseconds.length * share)] ?? 0
      const answered = milliseconds.length
      return { answered, failed, perSecond: answered / seconds, p50: at(0.5), p99: at(0.99) }
    }

    for (let index = 0; index < load.connections; index += 1) {
      const socket = connect(load.port, '127.0.0.1').setNoDelay(true)
      const token = load.tokens[index % load.tokens.length] ?? ''
      const tail = ` HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n`
      let asked = 0
      const ask = (): void => {
        sent += 1
        asked = performance.now()
        socket.write(`POST ${load.path.replace('{id}', idOf(load.salt, sent))}${tail}`, 'latin1')
      }
      socket.on('connect', ask)
      // An answer without a body is small: it comes in one piece.
      socket.on('data', chunk => {
        const now = performance.now()
        milliseconds.push(now - asked)
        if (!chunk.subarray(9, 12).equals(noContent)) failed += 1
        if (now < end && sent < load.most) ask()
        else socket.end()
      })
      socket.on('error', () => {
        failed += 1
      })
      socket.on('close', () => {
        open -= 1
        if (open === 0) resolve(report())
      })
    }
  })

/**
 * The clients, in a process of their own. They write and read bytes themselves, because a client library would take more of
 * the machine than the server that is measured.
 */
const answer = async (message: unknown): Promise<void> => {
  const load = Load.decode(message)
  if (E.isLeft(load)) throw new Error('Expected a load')
  process.send?.(await run(load.right))
  process.disconnect()
}

process.on('message', message => {
  void answer(message)
})
