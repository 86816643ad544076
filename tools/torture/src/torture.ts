import { sha256Digest } from '@lethe/adapter-system'
import { count, openAssault, type Tally } from './assault/assault.js'
import { openDisturbances } from './assault/disturbances.js'
import { planOf, type Round } from './assault/plan.js'
import { tamperWithSome } from './assault/tampering.js'
import { playAll } from './assault/playing.js'
import { checkAll } from './checks/check-all.js'
import { checkLeftovers } from './checks/leftovers.js'
import { lastLook } from './checks/last-look.js'
import { openLooker } from './checks/look.js'
import type { Seen } from './checks/seen.js'
import { type Violation, violation } from './checks/violation.js'
import { allPoints } from './kill-points.js'
import type { Outcome } from './outcome.js'
import { randomFrom } from './random.js'
import { hang, until } from './waiting.js'
import type { Member } from './world/fleet.js'
import type { Ending } from './world/incarnation.js'
import { becomeQuiet } from './world/quiet.js'
import { openWorld } from './world/world.js'

export interface TortureSettings {
  readonly kills: number
  readonly seed: number
  /** Told what is going on, a line at a time. */
  readonly say: (line: string) => void
  /** Ends the run early, and leaves nothing behind. */
  readonly interrupted: AbortSignal
}

/** So long does no run take, however slow the machine is, in seconds. */
const longest = (kills: number): number => hang / 1000 + kills * 60

/** From so many kills on, a run is to come to each kill point. */
const enoughForEveryPoint = 200

export const torture = async ({ kills, seed, say, interrupted }: TortureSettings): Promise<Outcome> => {
  const tally: Tally = { points: new Map(), kinds: new Map(), missed: new Map(), tampered: new Map() }
  const found = new Map<string, Violation>()
  const inconclusive: Array<string> = []
  const note = (violations: ReadonlyArray<Violation>): void => {
    for (const one of violations) found.set(`${one.rule} ${one.saw}`, one)
  }
  let failedStarts = 0
  let looks = 0
  let seen: Seen | null = null
  let favoured: Member | null = null

  const onEnd = (member: Member, ending: Ending): void => {
    if (ending.point !== null) {
      count(tally.kinds, 'point')
      count(tally.points, ending.point)
    }
    if (ending.wanted) return
    if (!ending.wasReady && world.database.wasDisturbedSince(ending.startedAt)) failedStarts += 1
    else
      note([
        violation(
          'endsOnlyWhenKilled',
          `${member.name} ended with ${ending.exitCode ?? 'a signal'}: ${ending.said}`,
        ),
      ])
  }

  const world = await openWorld({ seed, onEnd, favoured: () => favoured })
  const isOver = (): boolean => interrupted.aborted || world.elapsed() > longest(kills)
  const done = (): number => [...tally.kinds.values()].reduce((sum, number) => sum + number, 0)
  const disturbances = openDisturbances(world, randomFrom(`disturbances ${seed}`))
  const tampering = randomFrom(`tampering ${seed}`)
  const looker = openLooker(world)
  const assault = openAssault({
    world,
    tally,
    isOver,
    favour: member => {
      favoured = member
    },
  })

  /** @returns whether to go on: everything held. */
  const play = async (round: Round, index: number): Promise<boolean> => {
    world.load.resume()
    await disturbances.during(assault.round(round))
    await world.load.pause()
    const calm = await becomeQuiet(world, interrupted)
    if (calm.kind === 'late') {
      inconclusive.push(`work was still going on when the time was up: ${calm.left}`)
      return false
    }
    if (calm.kind === 'stuck') note([violation('becomesQuiet', calm.left)])
    seen = await looker.look(false)
    looks += 1
    note(checkAll(sha256Digest.envelope)(seen))
    note(world.violations.splice(0))
    if (found.size === 0) for (const how of await tamperWithSome(world, tampering)) count(tally.tampered, how)
    say(
      `round ${index + 1}: ${done()} kills, ${seen.stored.size} requests, ${seen.effects.length} effects, ${found.size} violations, ${world.elapsed().toFixed(0)} s`,
    )
    return found.size === 0
  }

  try {
    const areReady = (): boolean => world.fleet.members.every(member => member.current().isReady())
    if (!(await until(() => areReady() || isOver(), hang)))
      inconclusive.push('the processes did not start in time')
    else await playAll(planOf(seed, kills), { play, assault, done, isOver, kills })
    if (interrupted.aborted) inconclusive.push('interrupted')
    else if (isOver()) inconclusive.push('the time was up')
    if (inconclusive.length === 0) {
      const last = await lastLook(world, looker)
      seen = last.seen
      looks += 1
      note(last.violations)
      if (found.size === 0) inconclusive.push(...missing(tally, done(), kills))
    }
  } catch (error) {
    // What cannot be looked at any more cannot be said to hold.
    inconclusive.push(`the torture itself failed: ${error instanceof Error ? (error.stack ?? '') : ''}`)
  } finally {
    await world.close()
  }
  note(world.violations)
  note(
    await checkLeftovers({
      mark: world.folder,
      folder: world.folder,
      processIds: world.fleet.processIds(),
      ports: world.ports(),
    }),
  )
  return {
    kills: done(),
    tally,
    disturbances: disturbances.counts,
    restarts: world.fleet.restarts(),
    failedStarts,
    calls: world.load.calls(),
    seen,
    looks,
    violations: [...found.values()],
    inconclusive,
    elapsedSeconds: world.elapsed(),
  }
}

/** What was asked for and did not come about: nothing is known of that. */
const missing = ({ points }: Tally, done: number, kills: number): ReadonlyArray<string> => [
  ...(done < kills ? [`only ${done} of ${kills} kills came about`] : []),
  ...(kills < enoughForEveryPoint ? [] : allPoints)
    .filter(point => !points.has(point))
    .map(point => `no process came to the kill point ${point}`),
]
