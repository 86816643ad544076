import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RemovalRequestId } from '@lethe/domain'
import type { Tampered } from '../assault/tampering.js'
import { eventTypesNow } from '../checks/rows.js'
import { type Violation, violation } from '../checks/violation.js'
import { type Load, startLoad } from '../load/load.js'
import type { ProcessRole } from '../messages.js'
import { randomFrom } from '../random.js'
import { tenants } from './cast.js'
import { type Conduct, drawnConduct } from './conduct.js'
import { openDataPlane } from './data-plane-server.js'
import { type Database, leaseSeconds, openDatabase } from './database.js'
import { type Fleet, type Member, startFleet } from './fleet.js'
import type { Ending } from './incarnation.js'
import { type Issuer, openIssuer } from './issuer.js'
import { type Ledger, openLedger } from './ledger.js'
import { type SharedTime, sharedTime } from './queue-time.js'

/** Everything of one run that is not killed for good. */
export interface World {
  readonly folder: string
  readonly database: Database
  readonly issuer: Issuer
  readonly ledger: Ledger
  readonly conduct: Conduct
  readonly fleet: Fleet
  readonly load: Load
  readonly time: SharedTime
  readonly mostConnections: number
  /** Requests that had no job when they were looked at on the way. */
  readonly jobless: Set<RemovalRequestId>
  /** Requests that somebody with the owner's password tampered with. */
  readonly tampered: Map<RemovalRequestId, Tampered>
  /** What was found to be wrong on the way. */
  readonly violations: Array<Violation>
  /** The ports of everything that listens. */
  readonly ports: () => ReadonlyArray<number>
  /** Seconds since the run began. */
  readonly elapsed: () => number
  /** Ends everything, however it stands, and removes what it left. */
  readonly close: () => Promise<void>
}

export interface WorldDeps {
  readonly seed: number
  /** Told of each process that ended while it was not to stop. */
  readonly onEnd: (member: Member, ending: Ending) => void
  /** The members of the fleet that are to get more of the calls. */
  readonly favoured: () => Member | null
}

/**
 * Errors that are logged rightly: a job was worn out on purpose; and to a process whose clock is days ahead, jobs that wait
 * for their time are long overdue. Whether a job is really lost is looked at in the database.
 */
const expected = ['removal failed: workerFailed', 'removals had lost their jobs']

/** What is logged rightly of requests that were tampered with, by their ids or their number, and of no others. */
const aboutTampered = ['history unreadable', 'subjectDiffers', 'histories cannot be read']
const countOfUnreadable = '"unreadable":'

const connections = 4
/** What a process opens beside them, for the queue. */
const queueConnections = 2
const members = 4
/** The policies that a process which serves HTTP may be started with. */
const approvals = ['1', '1', '1', '2', '2', '2', '2', '2', '2', 'automatic']

export const openWorld = async ({ seed, onEnd, favoured }: WorldDeps): Promise<World> => {
  const began = performance.now()
  const elapsed = (): number => (performance.now() - began) / 1000
  const folder = await mkdtemp(join(tmpdir(), 'lethe-torture-'))
  const closing: Array<() => Promise<unknown>> = [() => rm(folder, { recursive: true, force: true })]
  const close = async (): Promise<void> => {
    // One that fails keeps nothing else from being ended, and is found by what it leaves.
    for (const end of closing.splice(0).toReversed()) await end().catch(() => undefined)
  }
  try {
    const database = await openDatabase(join(folder, 'postgres'))
    closing.push(database.close)
    const issuer = await openIssuer()
    closing.push(issuer.close)
    const ledger = openLedger()
    const conduct = drawnConduct(seed)
    const dataPlane = await openDataPlane({
      ledger,
      conduct,
      eventsNow: eventTypesNow(database.asOwner),
      elapsed,
    })
    closing.push(dataPlane.close)
    const violations: Array<Violation> = []
    const tampered: World['tampered'] = new Map()
    const isExpected = (line: string): boolean =>
      expected.some(text => line.includes(text)) ||
      (aboutTampered.some(text => line.includes(text)) &&
        [...tampered.keys(), countOfUnreadable].some(id => line.includes(id)))
    const ports = new Set([database.port, issuer.port, dataPlane.port])
    const policies = randomFrom(`policies ${seed}`)
    const fleet = startFleet({
      dataPlaneUrl: dataPlane.url,
      mark: folder,
      environmentOf: role => settings(role, database, issuer, policies.pick(approvals)),
      onComplaint: (name, line) => {
        if (!isExpected(line)) violations.push(violation('noBugs', `${name}: ${line}`))
      },
      onEnd,
    })
    closing.push(fleet.killAll)
    const openPorts = (): ReadonlyArray<number> => {
      const chosen = favoured()
      const open = fleet.of('api').flatMap(member => {
        const port = member.current().port()
        if (port === null) return []
        ports.add(port)
        return member === chosen ? [port, port, port] : [port]
      })
      return open
    }
    const load = startLoad({
      random: randomFrom(`load ${seed}`),
      ledger,
      issuer,
      ports: openPorts,
      onFailure: error => {
        violations.push(
          violation('acknowledgedIsServed', error instanceof Error ? error.message : 'not even an error'),
        )
      },
    })
    closing.push(load.stop)
    return {
      folder,
      database,
      issuer,
      ledger,
      conduct,
      fleet,
      load,
      time: sharedTime(database, fleet),
      mostConnections: members * (connections + queueConnections),
      jobless: new Set(),
      tampered,
      violations,
      ports: () => [...ports],
      elapsed,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const settings = (
  role: ProcessRole,
  database: Database,
  issuer: Issuer,
  approvals: string,
): Readonly<Record<string, string>> => ({
  LETHE_TENANTS: tenants.join(','),
  LETHE_AUDIENCES: issuer.audience,
  LETHE_ISSUERS: issuer.template,
  LETHE_ALLOW_INSECURE_ISSUER: 'true',
  LETHE_PORT: '0',
  LETHE_LOG_LEVEL: 'error',
  LETHE_APPROVALS: role === 'api' ? approvals : '2',
  LETHE_APPROVAL_EXPIRY_DAYS: '1',
  LETHE_DATABASE_URL: database.appUrl,
  LETHE_HISTORY_KEYS: `torture:${Buffer.alloc(32, 7).toString('base64')}`,
  LETHE_ABSENCE_SECONDS: '0',
  LETHE_GRAPH_URL: 'memory:',
  LETHE_DATABASE_CONNECTIONS: String(connections),
  LETHE_WORKER_CONCURRENCY: '8',
  LETHE_LEASE_SECONDS: String(leaseSeconds),
  LETHE_DRAIN_SECONDS: '0',
  LETHE_SHUTDOWN_SECONDS: '10',
})
