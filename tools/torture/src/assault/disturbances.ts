import { setTimeout } from 'node:timers/promises'
import { joblessRequests } from '../checks/rows.js'
import type { Random } from '../random.js'
import type { World } from '../world/world.js'
import { count } from './assault.js'
import { asOwnerOrNot } from './provocations.js'
import { cutConnections, deliverEarly, duplicateJob, loseLeases, wearOut } from './queue-faults.js'

const minute = 60_000
const day = 24 * 60 * minute

type Disturbance =
  | 'time passes'
  | 'clock moved'
  | 'job twice'
  | 'lease lost'
  | 'early delivery'
  | 'connections cut'
  | 'database suspended'
  | 'job worn out'

const weights: ReadonlyArray<readonly [number, Disturbance]> = [
  [40, 'time passes'],
  [16, 'clock moved'],
  [14, 'job twice'],
  [10, 'lease lost'],
  [8, 'early delivery'],
  [6, 'connections cut'],
  [3, 'database suspended'],
  [3, 'job worn out'],
]

export interface Disturbances {
  readonly counts: ReadonlyMap<string, number>
  /** Disturbs until the work is done. */
  readonly during: (work: Promise<void>) => Promise<void>
}

/** What makes life hard for processes without ending one: none of it counts as a kill. */
export const openDisturbances = (world: World, random: Random): Disturbances => {
  const counts = new Map<string, number>()
  const { fleet, time, database } = world
  const { asOwner } = database

  const disturb = async (): Promise<unknown> => {
    const what = random.weighted(weights)
    count(counts, what)
    switch (what) {
      case 'time passes':
        return time.pass(random.pick([5, 40, 600]) * 1000)
      case 'clock moved':
        return random
          .pick(fleet.members)
          .skew(random.pick([0, 0, 3 * minute, -3 * minute, 120 * minute, -120 * minute, 3 * day, -3 * day]))
      case 'job twice':
        return duplicateJob(asOwner)
      case 'lease lost':
        return loseLeases(asOwner)
      case 'early delivery':
        return deliverEarly(asOwner)
      case 'connections cut':
        database.disturb()
        return cutConnections(asOwner, random.pick(['api', 'worker'] as const))
      case 'database suspended':
        // Longer than anything of Lethe waits for it at most, now and then.
        return database.suspend(random.pick([500, 4000, 15_000]))
      case 'job worn out':
        return wearOut(asOwner)
    }
  }

  return {
    counts,
    during: async work => {
      const done = new AbortController()
      const disturbing = (async () => {
        while (!done.signal.aborted) {
          await asOwnerOrNot(disturb())
          for (const id of (await asOwnerOrNot(joblessRequests(asOwner))) ?? []) world.jobless.add(id)
          await setTimeout(random.between(200, 900))
        }
      })()
      await work.finally(() => {
        done.abort()
      })
      await disturbing
    },
  }
}
