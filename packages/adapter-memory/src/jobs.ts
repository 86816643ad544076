import type { Backlog, Backlogs, Clock, HeldJob, Jobs } from '@lethe/application'
import { addSeconds, type Instant, type Job, type RemovalRequestId, type TenantId } from '@lethe/domain'
import * as TE from 'fp-ts/lib/TaskEither.js'

/** How a queue treats its jobs. */
export interface JobsSettings {
  /** For how long a worker holds a job, in seconds. */
  readonly leaseSeconds: number
  /** How many jobs of one tenant are held at a time. */
  readonly heldPerTenant: number
  /** After so many deliveries a job is dead. */
  readonly mostDeliveries: number
}

interface Entry {
  readonly job: Job
  readonly deliveries: number
  readonly dead: boolean
  /** When it is due; where a worker holds it, when it is due again. */
  readonly dueAt: Instant
  readonly receipt: string | null
}

const longestDelaySeconds = 600

/** A queue in memory. A job that is held until its lease has run out counts as failed. */
export const inMemoryJobs = (
  clock: Clock,
  { leaseSeconds, heldPerTenant, mostDeliveries }: JobsSettings,
): {
  readonly jobs: Jobs
  readonly backlogs: Backlogs
  readonly enqueue: (jobs: ReadonlyArray<Job>) => void
  /** The requests of a tenant that have a job, whether it waits, is held, is delivered again later or is dead. */
  readonly queued: (tenantId: TenantId) => ReadonlySet<RemovalRequestId>
} => {
  const entries = new Map<number, Entry>()
  let lastId = 0

  const add = (job: Job): void => {
    lastId += 1
    entries.set(lastId, {
      job,
      deliveries: 0,
      dead: false,
      dueAt: job.notBefore ?? clock.now(),
      receipt: null,
    })
  }

  const heldUnder = (receipt: string): readonly [number, Entry] | undefined => {
    const id = Number(receipt.split('/')[0])
    const entry = entries.get(id)
    return entry?.receipt === receipt ? [id, entry] : undefined
  }

  /** What becomes of a job that was delivered and not done: a dead one stays dead, and is delivered for ever. */
  const failed = (entry: Entry, at: Instant): Entry =>
    entry.dead || entry.deliveries < mostDeliveries
      ? { ...entry, receipt: null, dueAt: addSeconds(at, delayAfter(entry.deliveries)) }
      : { ...entry, receipt: null, dead: true, deliveries: 0, dueAt: at }

  const failWhereLeasesRanOut = (now: Instant): void => {
    for (const [id, entry] of entries)
      if (entry.receipt !== null && entry.dueAt <= now) entries.set(id, failed(entry, entry.dueAt))
  }

  const take = (dead: boolean, limit: number): ReadonlyArray<HeldJob> => {
    const now = clock.now()
    failWhereLeasesRanOut(now)
    const held = new Map<TenantId, number>()
    for (const { job, receipt } of entries.values())
      if (receipt !== null) held.set(job.tenantId, (held.get(job.tenantId) ?? 0) + 1)
    const taken: Array<HeldJob> = []
    for (const [id, entry] of entries) {
      const heldOfTenant = held.get(entry.job.tenantId) ?? 0
      if (taken.length === limit) break
      if (entry.dead !== dead || entry.receipt !== null || entry.dueAt > now) continue
      if (heldOfTenant >= heldPerTenant) continue
      held.set(entry.job.tenantId, heldOfTenant + 1)
      const deliveries = entry.deliveries + 1
      const receipt = `${id}/${dead ? 'dead' : 'live'}/${deliveries}`
      entries.set(id, { ...entry, deliveries, receipt, dueAt: addSeconds(now, leaseSeconds) })
      taken.push({ job: entry.job, deliveries, receipt })
    }
    return taken
  }

  const backlogOf = (tenantId: TenantId): Backlog => {
    const now = clock.now()
    failWhereLeasesRanOut(now)
    const ofTenant = [...entries.values()].filter(({ job }) => job.tenantId === tenantId)
    const due = ofTenant.filter(({ receipt, dueAt }) => receipt === null && dueAt <= now)
    const waits = due.map(({ dueAt }) => Math.floor((Date.parse(now) - Date.parse(dueAt)) / 1000))
    return {
      waiting: due.length,
      longestWaitSeconds: due.length === 0 ? null : Math.max(...waits),
      held: ofTenant.filter(({ receipt }) => receipt !== null).length,
    }
  }

  return {
    backlogs: { of: tenantId => TE.fromIO(() => backlogOf(tenantId)) },
    enqueue: added => {
      added.forEach(add)
    },
    queued: tenantId =>
      new Set([...entries.values()].flatMap(({ job }) => (job.tenantId === tenantId ? [job.requestId] : []))),
    jobs: {
      receive: limit => TE.fromIO(() => take(false, limit)),
      receiveDead: limit => TE.fromIO(() => take(true, limit)),
      renew: receipts =>
        TE.fromIO(() => {
          for (const held of receipts.map(heldUnder))
            if (held !== undefined)
              entries.set(held[0], { ...held[1], dueAt: addSeconds(clock.now(), leaseSeconds) })
        }),
      complete: receipt =>
        TE.fromIO(() => {
          const held = heldUnder(receipt)
          if (held !== undefined) entries.delete(held[0])
        }),
      postpone: (receipt, until) =>
        TE.fromIO(() => {
          const held = heldUnder(receipt)
          if (held === undefined) return
          entries.delete(held[0])
          // A second at least: were a worker's clock behind, the job would come back without end.
          const soonest = addSeconds(clock.now(), 1)
          add({ ...held[1].job, notBefore: soonest > until ? soonest : until })
        }),
      fail: receipt =>
        TE.fromIO(() => {
          const held = heldUnder(receipt)
          if (held !== undefined) entries.set(held[0], failed(held[1], clock.now()))
        }),
    },
  }
}

/** Seconds until a job is delivered again, after so many deliveries. */
const delayAfter = (deliveries: number): number => Math.min(longestDelaySeconds, 2 ** (deliveries - 1))
