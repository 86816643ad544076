import type { Jobs } from '@lethe/application'
import { decoded } from '@lethe/application/testing'
import { Instant } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { type Alterations, unaltered } from '../../src/alterations.js'

const jobs = (alter: (sound: Jobs) => Partial<Jobs>): Alterations => ({
  ...unaltered,
  store: store => ({ ...store, jobs: { ...store.jobs, ...alter(store.jobs) } }),
})

/** Loses every other job that it delivers. */
export const losesJobs = (): Alterations => {
  let received = 0
  return jobs(({ receive, complete }) => ({
    receive: limit => async () => {
      const held = await receive(limit)()
      if (E.isLeft(held)) return held
      const kept: Array<(typeof held.right)[number]> = []
      for (const each of held.right) {
        received += 1
        if (received % 2 === 1) kept.push(each)
        else await complete(each.receipt)()
      }
      return E.right(kept)
    },
  }))
}

/** Keeps jobs that are done. */
export const keepsJobs = (): Alterations => jobs(() => ({ complete: () => async () => E.right(undefined) }))

/** Never tells of dead jobs. */
export const buriesDeadJobs = (): Alterations => jobs(() => ({ receiveDead: () => async () => E.right([]) }))

/** Puts jobs that are done off for a long time, instead of forgetting them. */
export const hidesJobs = (): Alterations => {
  const done = new Set<string>()
  return jobs(({ complete, postpone }) => ({
    complete: receipt => {
      done.add(receipt)
      return done.size % 3 === 0
        ? postpone(receipt, decoded(Instant, '2029-01-01T00:00:00Z'))
        : complete(receipt)
    },
  }))
}
