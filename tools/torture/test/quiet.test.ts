import { describe, expect, it } from 'vitest'
import { becomeQuiet } from '../src/world/quiet.js'

const never = new AbortController().signal
const nothing = { jobs: 0, requests: 0, done: 7 }
const left = { jobs: 1, requests: 1, done: 7 }

/** A world whose database answers so, and whose worker asks for jobs so often between two looks. */
const worldWith = (answer: () => object, asksBetweenLooks: number) => {
  let asks = 0
  const current = () => ({ isReady: () => true, processId: 7, asks: () => (asks += asksBetweenLooks) })
  const member = { name: 'worker 1', skew: () => undefined, current }
  return {
    fleet: { members: [member], of: () => [member] },
    database: { asOwner: async () => [answer()] },
    time: { passAllWaits: async () => undefined },
    tampered: new Map(),
  }
}

describe.concurrent('a world in which nothing is killed any more', () => {
  it('is quiet where nothing is left', async () => {
    expect(
      await becomeQuiet(
        worldWith(() => nothing, 0),
        never,
      ),
    ).toEqual({ kind: 'quiet' })
  })

  it('is stuck where something is left, and workers ask for work in vain', async () => {
    expect(
      await becomeQuiet(
        worldWith(() => left, 50),
        never,
      ),
    ).toMatchObject({
      kind: 'stuck',
      left: '1 jobs, 1 requests under way, not at work: nobody',
    })
  })

  it('is not stuck while something is done', async () => {
    let done = 0
    const busy = () => ((done += 1) < 10 ? { ...left, done } : nothing)
    expect(await becomeQuiet(worldWith(busy, 200), never)).toEqual({ kind: 'quiet' })
  })

  it('is said to be nothing where the run is interrupted', async () => {
    expect(
      await becomeQuiet(
        worldWith(() => left, 0),
        AbortSignal.abort(),
      ),
    ).toMatchObject({ kind: 'late' })
  })
})
