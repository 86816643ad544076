import { setTimeout } from 'node:timers/promises'
import type { RemovalRequestId } from '@lethe/domain'
import * as t from 'io-ts'
import { made } from '../made.js'
import { hang, until } from '../waiting.js'
import type { Incarnation } from './incarnation.js'
import type { Member } from './fleet.js'

/** What is left to do, and how much was done so far. */
const Counts = t.strict({ jobs: t.number, requests: t.number, done: t.number })

interface Process extends Pick<Member, 'name' | 'skew'> {
  readonly current: () => Pick<Incarnation, 'isReady' | 'processId' | 'asks'>
}

/** What it takes of the world to tell. */
interface Unquiet {
  readonly fleet: {
    readonly members: ReadonlyArray<Process>
    readonly of: (role: 'worker') => ReadonlyArray<Process>
  }
  readonly database: {
    readonly asOwner: (text: string, values: ReadonlyArray<unknown>) => Promise<ReadonlyArray<unknown>>
  }
  /** Nothing is done with these any more: what they seem to wait for is not left to do. But their jobs have to go. */
  readonly tampered: ReadonlyMap<RemovalRequestId, unknown>
  readonly time: { readonly passAllWaits: () => Promise<void> }
}

/** How often each worker asks for jobs while nothing changes, before what is left counts as left for good. */
const asksInVain = 240

const wrong = 2 * 3600_000
/** Longer than any worker waits between two looks after jobs whose worker is gone, in milliseconds. */
const whileWrong = 3000

/**
 * All clocks were wrong for a while, and are set right: they go back. Jobs of workers that were killed a moment ago are still
 * held then, and somebody has to look after them all the same.
 */
const setAllClocksBack = async ({ fleet }: Unquiet): Promise<void> => {
  for (const member of fleet.members) member.skew(wrong)
  await setTimeout(whileWrong)
  for (const member of fleet.members) member.skew(0)
}

/** `stuck`: workers ask for jobs, and nobody does what is left. `late`: that cannot be said, and it took too long. */
export type Calm = { readonly kind: 'quiet' } | { readonly kind: 'stuck' | 'late'; readonly left: string }

/** Lets everything run in peace until nothing is left to do: clocks agree, and what waits for a time need not wait for it. */
export const becomeQuiet = async (world: Unquiet, interrupted: AbortSignal): Promise<Calm> => {
  const { fleet, database, time, tampered } = world
  await setAllClocksBack(world)
  let left = 'the database does not answer'
  let quietLooks = 0
  let unchanged = { seen: '', asks: new Map<number, number>() }
  const asksOfWorkers = (): ReadonlyMap<number, number> =>
    new Map(fleet.of('worker').map(member => [member.current().processId, member.current().asks()]))
  const isStuck = (): boolean =>
    [...asksOfWorkers()].every(
      ([processId, asks]) => asks - (unchanged.asks.get(processId) ?? asks) >= asksInVain,
    )
  const look = async (): Promise<boolean> => {
    try {
      await time.passAllWaits()
      const [row] = await database.asOwner(
        `
        select
          (select count(*) from pgboss.job where state in ('created', 'retry', 'active'))::int as jobs,
          (select count(*) from lethe.removal_request where state in ('approved', 'removing', 'verifying')
            and request_id <> all($1::uuid[]))::int as requests,
          (select coalesce(sum(version), 0) from lethe.removal_request)::int as done`,
        [[...tampered.keys()]],
      )
      const counts = made(Counts, row)
      const absent = fleet.members.filter(member => !member.current().isReady()).map(({ name }) => name)
      left = `${counts.jobs} jobs, ${counts.requests} requests under way, not at work: ${absent.join(', ') || 'nobody'}`
      quietLooks = counts.jobs + counts.requests + absent.length === 0 ? quietLooks + 1 : 0
      const seen = JSON.stringify(counts)
      if (seen !== unchanged.seen || absent.length > 0) unchanged = { seen, asks: new Map(asksOfWorkers()) }
    } catch {
      quietLooks = 0
    }
    return quietLooks === 2 || isStuck() || interrupted.aborted
  }
  await until(look, hang, 150)
  if (quietLooks === 2) return { kind: 'quiet' }
  return { kind: isStuck() ? 'stuck' : 'late', left }
}
