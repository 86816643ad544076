import { setTimeout } from 'node:timers/promises'
import * as t from 'io-ts'
import { made } from '../made.js'
import { until } from '../waiting.js'
import type { World } from './world.js'

const Counts = t.strict({ jobs: t.number, requests: t.number })

/** How long all work may take once nothing is killed any more, in milliseconds. */
const quietLimit = 75_000

const wrong = 2 * 3600_000
/** Longer than any worker waits between two looks after jobs whose worker is gone, in milliseconds. */
const whileWrong = 3000

/**
 * All clocks were wrong for a while, and are set right: they go back. Jobs of workers that were killed a moment ago are still
 * held then, and somebody has to look after them all the same.
 */
const setAllClocksBack = async ({ fleet }: World): Promise<void> => {
  for (const member of fleet.members) member.skew(wrong)
  await setTimeout(whileWrong)
  for (const member of fleet.members) member.skew(0)
}

/**
 * Lets everything run in peace until nothing is left to do: clocks agree, and what waits for a time need not wait for it.
 *
 * @returns what was left when the time was up; null where nothing was.
 */
export const becomeQuiet = async (world: World): Promise<string | null> => {
  const { fleet, database, time } = world
  await setAllClocksBack(world)
  let left = 'the database does not answer'
  let quietLooks = 0
  const isQuiet = async (): Promise<boolean> => {
    try {
      await time.passAllWaits()
      const [row] = await database.asOwner(`
        select
          (select count(*) from pgboss.job where state in ('created', 'retry', 'active'))::int as jobs,
          (select count(*) from lethe.removal_request where state in ('approved', 'removing', 'verifying'))::int
            as requests`)
      const { jobs, requests } = made(Counts, row)
      const absent = fleet.members.filter(member => !member.current().isReady()).map(({ name }) => name)
      left = `${jobs} jobs, ${requests} requests under way, not at work: ${absent.join(', ') || 'nobody'}`
      quietLooks = jobs + requests + absent.length === 0 ? quietLooks + 1 : 0
    } catch {
      quietLooks = 0
    }
    return quietLooks === 2
  }
  return (await until(isQuiet, quietLimit, 150)) ? null : left
}
