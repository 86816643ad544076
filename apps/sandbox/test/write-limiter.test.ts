import { afterAll, describe, expect, test } from 'vitest'
import { writeLimiter } from '../src/twin/write-limiter.js'
import { removeFolders } from './making/folders.js'
import { contosoUsers, look, openTwin, remove, setFaults, stopTwins } from './making/twin.js'

afterAll(async () => {
  await stopTwins()
  await removeFolders()
})

describe('the limit of writes', () => {
  test('lets exactly the burst and then the rate pass', () => {
    let now = 0
    const limiter = writeLimiter({ writesPerSecond: 20, burst: 5 }, () => now)
    let passed = 0
    for (; now <= 10_000; now += 1) if (limiter.secondsToWait() === 0) passed += 1
    expect(passed).toBe(5 + 10 * 20)
  })

  test('says how long to wait, to the moment', () => {
    let now = 0
    const limiter = writeLimiter({ writesPerSecond: 4, burst: 1 }, () => now)
    expect(limiter.secondsToWait()).toBe(0)
    const seconds = limiter.secondsToWait()
    expect(seconds).toBeCloseTo(0.25)
    now = seconds * 1000 - 1
    expect(limiter.secondsToWait()).toBeGreaterThan(0)
    now = seconds * 1000
    expect(limiter.secondsToWait()).toBe(0)
  })

  test('saves no more than the burst', () => {
    let now = 0
    const limiter = writeLimiter({ writesPerSecond: 3 }, () => now)
    now = 1_000_000
    expect([1, 2, 3, 4].map(() => limiter.secondsToWait() === 0)).toEqual([true, true, true, false])
  })

  test.each([true, false])('is 429 from outside, with Retry-After: %s; reads pass', async retryAfter => {
    const twin = await openTwin()
    const token = await twin.tokenOf('daemon')
    await setFaults(twin, { rate: { writesPerSecond: 0.01, burst: 3, retryAfter } })
    const users = contosoUsers().slice(0, 6)
    const seen = []
    for (const user of users) seen.push(await remove(twin, token, user))
    expect(seen.map(({ status }) => status)).toEqual([204, 204, 204, 429, 429, 429])
    // How much of the hundred seconds is left by then is the machine's affair.
    const told = seen.map(({ headers }) => Number(headers.get('Retry-After') ?? 0))
    const isTold = told.map(seconds => seconds > 0 && seconds <= 100)
    expect(isTold).toEqual([false, false, false, retryAfter, retryAfter, retryAfter])
    const [, , , throttled = ''] = users
    expect((await look(twin, token, throttled)).status).toBe(200)
  })
})
