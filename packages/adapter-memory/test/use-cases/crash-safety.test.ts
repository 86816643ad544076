import { describe, expect, it } from 'vitest'
import { type Account, accountOf, sound } from './accounts.js'
import { Crash, type Fault, type FaultPlan, faults, faulty } from './faults.js'
import { under } from './ports-under-hook.js'
import { type Prepared, scenarios } from './removal-scenarios.js'
import { sample } from './sample.js'
import { workOnce } from './worker.js'
import { requestOf } from './world.js'

const mostRounds = 60

/**
 * Lets workers do a removal while calls of ports go wrong as planned. A worker that dies is followed by another, when
 * the lease of its job has run out.
 *
 * @returns how many calls of ports it took.
 */
const performThrough = async ({ world, id }: Prepared, plan: FaultPlan): Promise<number> => {
  const { hook, count } = faulty(plan)
  const ports = under(world, hook)
  for (let round = 0; round < mostRounds; round += 1) {
    const outcome = await workOnce(ports).catch((error: unknown) => {
      if (error instanceof Crash) return 'crashed'
      throw error
    })
    if (outcome !== 'crashed' && outcome.length === 0 && (await requestOf(world, id)).state === 'completed')
      break
    world.clock.advance(700)
  }
  return count()
}

interface Deviation {
  readonly plan: ReadonlyArray<readonly [number, Fault]>
  readonly account: Account
}

/** What came out differently from what must come out. */
const deviationsOf = async (prepared: Prepared, plan: FaultPlan): Promise<ReadonlyArray<Deviation>> => {
  const account = await accountOf(prepared.world, prepared.id, prepared.holders)
  return JSON.stringify(account) === JSON.stringify(sound(prepared.holders.length))
    ? []
    : [{ plan: [...plan], account }]
}

describe.each(scenarios)('performRemoval is safe to run again at any point: $name', ({ prepare }) => {
  it('comes out right when nothing goes wrong', async () => {
    const prepared = await prepare()

    const calls = await performThrough(prepared, new Map())

    expect(calls).toBeGreaterThan(5)
    expect(await accountOf(prepared.world, prepared.id, prepared.holders)).toStrictEqual(
      sound(prepared.holders.length),
    )
  })

  it.each(faults)('comes out the same with "%s" at any one call', async fault => {
    const deviations: Array<Deviation> = []
    let at = 0
    let calls = 0
    do {
      at += 1
      const [prepared, plan] = [await prepare(), new Map([[at, fault]])]
      calls = await performThrough(prepared, plan)
      deviations.push(...(await deviationsOf(prepared, plan)))
    } while (at < calls)

    expect(at).toBeGreaterThan(5)
    expect(deviations).toStrictEqual([])
  })

  it.each(faults)(
    'comes out the same with "%s" at any one call and any fault at any call after',
    async fault => {
      const pairs: Array<FaultPlan> = []
      let [first, calls] = [0, 0]
      do {
        first += 1
        const one: readonly [number, Fault] = [first, fault]
        // Which calls there are after the first fault, that fault alone decides.
        calls = await performThrough(await prepare(), new Map([one]))
        for (let later = first + 1; later <= calls; later += 1)
          pairs.push(...faults.map(second => new Map([one, [later, second]])))
      } while (first < calls)

      expect(pairs.length).toBeGreaterThan(100)
      const deviations: Array<Deviation> = []
      for (const plan of sample(pairs)) {
        const prepared = await prepare()
        await performThrough(prepared, plan)
        deviations.push(...(await deviationsOf(prepared, plan)))
      }
      expect(deviations).toStrictEqual([])
    },
  )
})
