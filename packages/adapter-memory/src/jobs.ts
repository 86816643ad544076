import type { Clock, Jobs } from '@lethe/application'
import { addSeconds, type Instant, type Job } from '@lethe/domain'
import * as TE from 'fp-ts/lib/TaskEither.js'

interface Entry {
  readonly job: Job
  readonly deliveries: number
  /** When it is due, or due again: in the meantime a worker holds it. */
  readonly dueAt: Instant
  readonly receipt: string | null
}

/**
 * A queue in memory. A job that is neither completed nor postponed within its lease is delivered again.
 *
 * @param leaseSeconds for how long a worker holds a job.
 */
export const inMemoryJobs = (
  clock: Clock,
  leaseSeconds: number,
): { readonly jobs: Jobs; readonly enqueue: (jobs: ReadonlyArray<Job>) => void } => {
  const entries = new Map<number, Entry>()
  let lastId = 0

  const heldUnder = (receipt: string): readonly [number, Entry] | undefined => {
    const id = Number(receipt.split('/')[0])
    const entry = entries.get(id)
    return entry?.receipt === receipt ? [id, entry] : undefined
  }

  return {
    enqueue: added => {
      for (const job of added) {
        lastId += 1
        entries.set(lastId, { job, deliveries: 0, dueAt: job.notBefore ?? clock.now(), receipt: null })
      }
    },
    jobs: {
      receive: limit =>
        TE.fromIO(() => {
          const now = clock.now()
          return [...entries]
            .filter(([, entry]) => entry.dueAt <= now)
            .toSorted(([, one], [, other]) => compare(one.dueAt, other.dueAt))
            .slice(0, limit)
            .map(([id, entry]) => {
              const deliveries = entry.deliveries + 1
              const receipt = `${id}/${deliveries}`
              entries.set(id, { ...entry, deliveries, receipt, dueAt: addSeconds(now, leaseSeconds) })
              return { job: entry.job, deliveries, receipt }
            })
        }),
      complete: receipt =>
        TE.fromIO(() => {
          const held = heldUnder(receipt)
          if (held !== undefined) entries.delete(held[0])
        }),
      postpone: (receipt, until) =>
        TE.fromIO(() => {
          const held = heldUnder(receipt)
          if (held !== undefined) entries.set(held[0], { ...held[1], receipt: null, dueAt: until })
        }),
    },
  }
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
