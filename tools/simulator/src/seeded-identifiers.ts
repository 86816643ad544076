import type { Clock, Identifiers } from '@lethe/application'
import { ActorReference, millisecondsOf, NoteReference, RemovalRequestId, Salt } from '@lethe/domain'
import { made } from './made.js'
import type { Random } from './random.js'

/** A GUID whose digits are drawn. */
export const drawnGuid = (random: Random): string => {
  const digits = random.hex(32)
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join('-')
}

/** Identifiers and salts from the seed. Request ids are UUIDs of version 7 that ascend, even where the clock is set back. */
export const seededIdentifiers = (random: Random, clock: Clock): Identifiers => {
  let last = { milliseconds: 0, counter: 0 }
  const next = (): typeof last => {
    const now = millisecondsOf(clock.now())
    if (now > last.milliseconds) return { milliseconds: now, counter: 0 }
    return last.counter < 0xfff
      ? { ...last, counter: last.counter + 1 }
      : { milliseconds: last.milliseconds + 1, counter: 0 }
  }
  return {
    requestId: () => {
      last = next()
      const time = last.milliseconds.toString(16).padStart(12, '0')
      const counter = last.counter.toString(16).padStart(3, '0')
      return made(
        RemovalRequestId,
        `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-8${random.hex(3)}-${random.hex(12)}`,
      )
    },
    actorReference: () => made(ActorReference, drawnGuid(random)),
    noteReference: () => made(NoteReference, drawnGuid(random)),
    salt: () => made(Salt, random.hex(64)),
  }
}
