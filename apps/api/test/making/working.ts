import type { HeldJob } from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import type { Composition } from '../../src/compose.js'
import { rightOf } from './decoded.js'

/** Takes the jobs that are due, once. */
const takeJobs = async ({ worker }: Composition): Promise<ReadonlyArray<HeldJob>> =>
  rightOf(await worker.jobs.receive(100)())

/** Does what the worker would do, until nothing is due. */
export const workOff = async (composition: Composition): Promise<void> => {
  const { jobs, performRemoval } = composition.worker
  const held = await takeJobs(composition)
  for (const { job, receipt } of held) {
    const performed = await performRemoval({ job })()
    if (E.isRight(performed) && performed.right.kind === 'postponed')
      await jobs.postpone(receipt, performed.right.until)()
    else await jobs.complete(receipt)()
  }
  if (held.length > 0) await workOff(composition)
}

/** Gives the jobs that are due up, as after too many deliveries: their requests fail. */
export const giveUp = async (composition: Composition): Promise<void> => {
  for (const { job, receipt } of await takeJobs(composition)) {
    rightOf(await composition.worker.failDeadRemoval({ job })())
    await composition.worker.jobs.complete(receipt)()
  }
}
