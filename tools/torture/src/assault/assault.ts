import { setTimeout } from 'node:timers/promises'
import { apiPoints, type KillPoint } from '../kill-points.js'
import type { ProcessRole } from '../messages.js'
import { hang, until, within } from '../waiting.js'
import type { Member } from '../world/fleet.js'
import type { World } from '../world/world.js'
import type { Round, Step } from './plan.js'
import { type Provocation, provocationOf } from './provocations.js'
import type { Tampering } from './tampering.js'

/** What has been done to the processes so far. */
export interface Tally {
  readonly points: Map<KillPoint, number>
  readonly kinds: Map<'point' | 'random' | 'crash' | 'bounce', number>
  /** Points that no process came to in time, and how often. */
  readonly missed: Map<KillPoint, number>
  readonly tampered: Map<Tampering, number>
}

export interface Assault {
  /** Does the three parts of a round side by side. */
  readonly round: (round: Round) => Promise<void>
  /** The steps that found nobody at their points. */
  readonly takeMissed: () => ReadonlyArray<Step>
}

export interface AssaultDeps {
  readonly world: World
  readonly tally: Tally
  /** Wants a process to get more of the calls; null for none. */
  readonly favour: (member: Member | null) => void
  /** Whether the run is to end now. */
  readonly isOver: () => boolean
}

/** How many calls clients make while a process is waited for at a point, and while one that has yet to start is. */
const callsToPoint = 60
const callsFromStart = 90
const mostTries = 3

const ofApi: ReadonlySet<KillPoint> = new Set(apiPoints)

export const count = <K>(counts: Map<K, number>, key: K): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

export const openAssault = ({ world, tally, favour, isOver }: AssaultDeps): Assault => {
  const { fleet, load } = world
  const missed: Array<Step> = []

  const memberAt = (role: ProcessRole, index: number): Member => {
    const members = fleet.of(role)
    const member = members[index % members.length]
    if (member === undefined) throw new Error(`There is no ${role}`)
    return member
  }

  const untilReady = (member: Member): Promise<boolean> =>
    until(() => member.current().isReady() || isOver(), hang)

  const killAnywhere = async (member: Member): Promise<void> => {
    await untilReady(member)
    const incarnation = member.current()
    incarnation.kill()
    count(tally.kinds, 'random')
    await incarnation.ended
  }

  /** @returns whether a process died there. */
  const tryPoint = async (
    { point, passes }: Extract<Step, { readonly kind: 'point' }>,
    member: Member,
    provocation: Provocation,
  ): Promise<boolean> => {
    await untilReady(member)
    if (provocation.atStart !== null) {
      await provocation.atStart(member)
      member.armNext({ point, passes: 0 })
      await killAnywhere(member)
      // Another process takes the place of one that has ended, but in a turn of its own.
      await setTimeout(1)
    } else member.current().order({ type: 'arm', armed: { point, passes } })
    const incarnation = member.current()
    const enough = load.calls().made + (provocation.atStart === null ? callsToPoint : callsFromStart)
    for (;;) {
      const ending = await within(incarnation.ended, 250)
      if (ending !== null) return ending.point === point
      if (load.calls().made > enough || isOver()) break
      await provocation.meanwhile()
    }
    incarnation.order({ type: 'arm', armed: null })
    // It may have come there in the meantime.
    const ending = await within(incarnation.ended, 250)
    return ending?.point === point
  }

  const strikePoint = async (step: Extract<Step, { readonly kind: 'point' }>): Promise<void> => {
    const role = ofApi.has(step.point) ? 'api' : 'worker'
    const provocation = provocationOf(world, step.point)
    for (let tries = 0; tries < mostTries && !isOver(); tries += 1) {
      const member = memberAt(role, step.member + Math.floor(tries / 2))
      if (role === 'api') {
        favour(member)
        load.urge(provocation.urge)
      }
      const hit = await tryPoint(step, member, provocation)
      if (role === 'api') {
        favour(null)
        load.urge(null)
      }
      if (step.point.startsWith('commit expire')) member.skew(0)
      if (hit) return
    }
    count(tally.missed, step.point)
    missed.push({ ...step, passes: 0 })
  }

  const strike = async (step: Step): Promise<void> => {
    switch (step.kind) {
      case 'point':
        return strikePoint(step)
      case 'random':
        await setTimeout(step.after)
        return killAnywhere(memberAt(step.role, step.member))
      case 'crash':
      case 'bounce':
        await setTimeout(step.after)
        await world.database[step.kind](step.down)
        count(tally.kinds, step.kind)
    }
  }

  const inOrder = async (steps: ReadonlyArray<Step>): Promise<void> => {
    for (const step of steps) if (!isOver()) await strike(step)
  }
  return {
    round: async ({ api, worker, storm }) => {
      await Promise.all([inOrder(api), inOrder(worker), inOrder(storm)])
    },
    takeMissed: () => missed.splice(0),
  }
}
