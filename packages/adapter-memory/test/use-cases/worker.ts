import { type Jobs, type Performed, performRemoval, type PerformRemovalDeps } from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import { leaseSeconds, type World } from './world.js'

/** What a worker works with. */
export interface WorkerPorts {
  readonly jobs: Jobs
  readonly deps: PerformRemovalDeps
}

export const portsOf = ({ store, deps }: World): WorkerPorts => ({ jobs: store.jobs, deps })

/**
 * Takes the jobs that are due and does them; where the queue or the work fails, a job is left for its lease to run out.
 *
 * @returns what became of them.
 */
export const workOnce = async ({ jobs, deps }: WorkerPorts): Promise<ReadonlyArray<Performed | 'left'>> => {
  const became: Array<Performed | 'left'> = []
  for (const { job, receipt } of orNone(await jobs.receive(10)())) {
    const outcome = await performRemoval(deps)({ job })()
    became.push(E.isLeft(outcome) ? 'left' : outcome.right)
    if (E.isRight(outcome))
      await (
        outcome.right.kind === 'postponed'
          ? jobs.postpone(receipt, outcome.right.until)
          : jobs.complete(receipt)
      )()
  }
  return became
}

const orNone = <A>(received: E.Either<unknown, ReadonlyArray<A>>): ReadonlyArray<A> =>
  E.isLeft(received) ? [] : received.right

/** Does everything that is due now. */
export const work = async (world: World): Promise<void> => {
  while ((await workOnce(portsOf(world))).length > 0);
}

/** Works for so long, looking for jobs every now and then. */
export const workFor = async (world: World, seconds: number, everySeconds = leaseSeconds): Promise<void> => {
  await work(world)
  for (let passed = 0; passed < seconds; passed += everySeconds) {
    world.clock.advance(everySeconds)
    await work(world)
  }
}
