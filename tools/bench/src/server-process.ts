import { systemClock } from '@lethe/adapter-system'
import {
  createLog,
  createShell,
  decodeConfig,
  openDataPlane,
  openStore,
  type Role,
  startApi,
  startServer,
} from '@lethe/api'
import * as E from 'fp-ts/lib/Either.js'
import { endlessData } from './endless-data.js'

/**
 * The server under measurement, in a process of its own. In the role of the API there is another server beside it, which
 * answers a bare 204 through everything that every request of the API goes through.
 */
const role: Role = process.argv[2] === 'worker' ? 'worker' : 'api'
const config = decodeConfig(process.env)
if (E.isLeft(config)) throw new Error(config.left.mistakes.join('; '))
const log = createLog(config.right.logLevel)
const store = await openStore(config.right, role, log)
if (E.isLeft(store)) throw new Error(store.left.mistakes.join('; '))
const { dataPlane } = config.right
const data =
  dataPlane.kind === 'memory'
    ? E.right(endlessData())
    : await openDataPlane(dataPlane, new Map(), store.right.ports, log)
if (E.isLeft(data)) throw new Error(data.left.mistakes.join('; '))
const api = await startApi(config.right, role, store.right, data.right, log)

const shell = createShell(log)
shell.post('/bare', c => c.body(null, 204))
const bare =
  role === 'api'
    ? await startServer({ host: '127.0.0.1', port: 0, fetch: shell.fetch, clock: systemClock })
    : null

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ residentBytes: process.memoryUsage.rss(), cpuMicroseconds: user + system })
})
process.on('disconnect', () => {
  void Promise.all([api.stop(), bare?.stop(1)])
})
process.send?.({ api: api.port, bare: bare?.port ?? null })
