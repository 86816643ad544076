import { performRemoval, withdrawRemoval } from '@lethe/application'
import { elementAt, succeed, upTo } from '@lethe/application/testing'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { type Account, accountOf, sound } from './accounts.js'
import { granted } from './people.js'
import { type Hook, under } from './ports-under-hook.js'
import { type Prepared, scenarios } from './removal-scenarios.js'
import { sample } from './sample.js'
import { stepped, takeTurns } from './stepping.js'
import { workFor } from './worker.js'
import { requestOf } from './world.js'

/** Every way to take up to three turns of so many calls at most. */
const schedules = (most: number): ReadonlyArray<ReadonlyArray<number>> =>
  [0, ...upTo(most)].flatMap(one => upTo(most).flatMap(two => upTo(most).map(three => [one, two, three])))

/** A worker that does the job, one call of a port at a time. */
const workerOn = async ({ world }: Prepared) => {
  const { job } = elementAt(await succeed(world.store.jobs.receive(1)), 0)
  return () => stepped(async (hook: Hook) => performRemoval(under(world, hook).deps)({ job })())
}

describe.each(scenarios)('two workers with the same job: $name', ({ prepare }) => {
  it('come to the same end, however they take turns', async () => {
    const deviations: Array<{ readonly turns: ReadonlyArray<number>; readonly account: Account }> = []

    for (const turns of sample(schedules(9))) {
      const prepared = await prepare()
      const worker = await workerOn(prepared)
      const [one, other] = [worker(), worker()]
      await takeTurns(one, other, turns)
      await Promise.all([one.finish(), other.finish()])
      await workFor(prepared.world, 3600, 600)
      const account = await accountOf(prepared.world, prepared.id, prepared.holders)
      if (JSON.stringify(account) !== JSON.stringify(sound(prepared.holders.length)))
        deviations.push({ turns, account })
    }

    expect(deviations).toStrictEqual([])
  })
})

describe('a worker and somebody who withdraws', () => {
  it('agree: either nothing was asked of any holder, or it was too late', async () => {
    const endings = new Set<string>()

    for (const turns of sample(schedules(9))) {
      const prepared = await elementAt(scenarios, 1).prepare()
      const { world, id, holders } = prepared
      const worker = (await workerOn(prepared))()
      const grant = granted('withdraw', world.adele)
      const person = stepped(async hook => withdrawRemoval(under(world, hook).deps)({ grant, id })())
      await takeTurns(worker, person, turns)
      const withdrawal = await person.finish()
      await worker.finish()
      await workFor(world, 3600, 600)
      const { state } = await requestOf(world, id)
      const asked = holders.some(({ statesAtCalls }) => statesAtCalls.length > 0)
      endings.add(
        `${state}, ${E.isRight(withdrawal) ? 'taken' : withdrawal.left._tag}, ${asked ? 'asked' : 'not asked'}`,
      )
    }

    expect([...endings].toSorted()).toStrictEqual([
      'completed, WrongState, asked',
      'withdrawn, taken, not asked',
    ])
  })
})
