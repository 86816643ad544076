import { type Instant, millisecondsOf } from '@lethe/domain'
import type { World } from './world.js'

/**
 * Milliseconds until the next job of a removal is due: 0 where one is due now, null where no removal waits for one. One that
 * cannot be read waits for none: only for the moment at which the job that it still has can be done away with.
 */
export const untilNextJob = ({ known, stage }: World): number | null => {
  const now = stage.time.clock.now()
  return untilFirst(
    now,
    known.all().flatMap(({ id, request }) => {
      if (!('job' in request)) return []
      const due = request.job.notBefore ?? now
      return known.isUnreadable(id) && due <= now ? [] : [due]
    }),
  )
}

/** Milliseconds until the next request expires that nobody has decided: 0 where one should have, null where none will. */
export const untilNextExpiry = ({ known, stage }: World): number | null =>
  untilFirst(
    stage.time.clock.now(),
    known
      .all()
      .flatMap(({ id, request }) =>
        request.state === 'pendingApproval' && request.expiresAt !== null && !known.isUnreadable(id)
          ? [request.expiresAt]
          : [],
      ),
  )

const untilFirst = (now: Instant, moments: ReadonlyArray<Instant>): number | null => {
  const [first] = moments.toSorted((one, other) => (one < other ? -1 : 1))
  return first === undefined ? null : Math.max(0, millisecondsOf(first) - millisecondsOf(now))
}
