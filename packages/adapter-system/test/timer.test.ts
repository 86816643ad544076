import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, test } from 'vitest'
import { systemTimer } from '../src/index.js'

const hour = 3600

describe('the timer of the system', () => {
  test('gives what a task gives in time', async () => {
    expect(await systemTimer.within(hour, () => Promise.resolve('done'))()).toEqual(O.some('done'))
  })

  test('gives nothing once the time is up, and lets the task go on', async () => {
    const late = Promise.withResolvers<string>()
    expect(await systemTimer.within(0.001, () => late.promise)()).toEqual(O.none)
    late.reject(new Error('too late to be heard'))
  })

  test.each([
    ['that fails', () => Promise.reject(new Error('failed'))],
    [
      'that throws',
      (): Promise<never> => {
        throw new Error('thrown')
      },
    ],
  ])('gives nothing for a task %s', async (_, task) => {
    expect(await systemTimer.within(hour, task)()).toEqual(O.none)
  })

  test('keeps nothing waiting', async () => {
    const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    const before = timers()
    await systemTimer.within(hour, () => Promise.resolve('done'))()
    expect(timers()).toBe(before)
  })
})
