import { setTimeout } from 'node:timers/promises'
import type { Armed, ProcessRole } from '../messages.js'
import { type Ending, type Incarnation, spawnLethe } from './incarnation.js'

/** A place in the fleet: whenever its process ends, another one is started there. */
export interface Member {
  readonly name: string
  readonly role: ProcessRole
  readonly current: () => Incarnation
  /** How far its clock is from that of the others, in milliseconds; from now on and after restarts. */
  readonly skew: (milliseconds: number) => void
  /** What the next process in this place is armed with. */
  readonly armNext: (armed: Armed) => void
  /** Ends its process for good, cleanly; kills it where that takes too long. */
  readonly stop: (withinMilliseconds: number) => Promise<Ending>
}

export interface Fleet {
  readonly members: ReadonlyArray<Member>
  readonly of: (role: ProcessRole) => ReadonlyArray<Member>
  /** Moves the clocks of all, skewed or not. */
  readonly setTime: (offset: number) => void
  readonly processIds: () => ReadonlyArray<number>
  readonly restarts: () => number
  /** Kills everything, and starts nothing again. */
  readonly killAll: () => Promise<void>
}

export interface FleetDeps {
  readonly dataPlaneUrl: string
  readonly mark: string
  /** The settings of a process, drawn anew for each start. */
  readonly environmentOf: (role: ProcessRole, name: string) => Readonly<Record<string, string>>
  readonly onComplaint: (name: string, line: string) => void
  readonly onEnd: (member: Member, ending: Ending) => void
}

const places: ReadonlyArray<readonly [ProcessRole, string]> = [
  ['api', 'api 1'],
  ['api', 'api 2'],
  ['worker', 'worker 1'],
  ['worker', 'worker 2'],
]

/** Starts two processes that serve HTTP and two workers. */
export const startFleet = (deps: FleetDeps): Fleet => {
  let time = 0
  let ending = false
  let starts = 0
  const processIds: Array<number> = []

  const openPlace = ([role, name]: readonly [ProcessRole, string]) => {
    let skew = 0
    let armed: Armed | null = null
    let closed = false
    const spawn = (): Incarnation => {
      starts += 1
      const spawned = spawnLethe({
        start: { role, dataPlaneUrl: deps.dataPlaneUrl, clockOffset: time + skew, armed, mark: deps.mark },
        environment: deps.environmentOf(role, name),
        onComplaint: line => {
          deps.onComplaint(name, line)
        },
      })
      armed = null
      processIds.push(spawned.processId)
      void replaceAtItsEnd(spawned)
      return spawned
    }
    const replaceAtItsEnd = async ({ ended }: Incarnation): Promise<void> => {
      const end = await ended
      if (ending || closed) return
      deps.onEnd(member, end)
      current = spawn()
    }
    const tellTime = (): void => {
      current.order({ type: 'clock', offset: time + skew })
    }
    const member: Member = {
      name,
      role,
      current: () => current,
      skew: milliseconds => {
        skew = milliseconds
        tellTime()
      },
      armNext: next => {
        armed = next
      },
      stop: async withinMilliseconds => {
        closed = true
        const { ended, order, kill } = current
        order({ type: 'stop' })
        const timeIsUp = new AbortController()
        await Promise.race([
          ended,
          setTimeout(withinMilliseconds, null, { signal: timeIsUp.signal }).catch(() => null),
        ])
        timeIsUp.abort()
        kill()
        return ended
      },
    }
    let current = spawn()
    return { member, tellTime }
  }

  const opened = places.map(openPlace)
  const members = opened.map(({ member }) => member)
  return {
    members,
    of: role => members.filter(member => member.role === role),
    setTime: offset => {
      time = offset
      for (const { tellTime } of opened) tellTime()
    },
    processIds: () => processIds,
    restarts: () => starts - places.length,
    killAll: async () => {
      ending = true
      for (const member of members) member.current().kill()
      await Promise.all(members.map(member => member.current().ended))
    },
  }
}
