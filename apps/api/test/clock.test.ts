import { instantFromMilliseconds } from '@lethe/domain'
import { afterAll, expect, test } from 'vitest'
import { sweep } from '../src/sweep.js'
import { jsonOf, rowOf } from './making/answer.js'
import { dropDatabases } from './making/database.js'
import { rightOf } from './making/decoded.js'
import { openIssuer } from './making/issuer.js'
import { bob, carol } from './making/places.js'
import { closeStores, openPostgresWorld } from './making/postgres-world.js'
import { removePath, requestIn, submit } from './making/requests.js'
import { unavailable } from './making/rows.js'

const issuer = await openIssuer()
afterAll(async () => {
  await issuer.close()
  await closeStores()
  await dropDatabases()
})

const day = 86_400

/** A process whose clock a test sets, by seconds. */
const shiftedClock = (aheadSeconds: number) => {
  let ahead = aheadSeconds
  return {
    now: () => instantFromMilliseconds(Date.now() + ahead * 1000),
    set: (seconds: number) => {
      ahead = seconds
    },
  }
}

const environment = { LETHE_APPROVAL_EXPIRY_DAYS: '30' }

test.each([
  ['400 days ahead', 400 * day],
  ['700 days behind', -700 * day],
  ['three minutes ahead', 180],
])(
  'a process whose clock is %s records and sweeps nothing, says so, and recovers by itself',
  async (_, wrong) => {
    const right = await openPostgresWorld(issuer, { environment })
    const waits = await submit(right.ask, 'lena', bob.userId)
    const clock = shiftedClock(wrong)
    const { ask, composition, problems, database } = await openPostgresWorld(issuer, {
      environment,
      database: right.database,
      clock,
    })
    const { worker } = composition
    const rows = () => database.count('lethe.removal_event')
    const before = await rows()

    const ready = await ask('GET', '/healthz/ready')
    expect([ready.status, jsonOf(ready)]).toEqual([503, { status: 'notReady', reason: 'clock' }])
    const refused = [
      await ask('POST', removePath(carol.userId), { as: 'lena' }),
      await ask('POST', `${waits}/approve`, { as: 'megan' }),
      await ask('POST', `${waits}/deny`, { as: 'megan', body: { code: 'duplicate' } }),
    ]
    for (const answer of refused) {
      expect(rowOf(answer)).toEqual(unavailable)
      expect(answer.headers.get('Retry-After')).toMatch(/^[1-9]\d*$/)
    }
    await sweep(worker)
    expect(await worker.jobs.receive(1)()).toMatchObject({ left: { _tag: 'Unavailable' } })
    expect(await rows()).toBe(before)
    expect(requestIn(await right.ask('GET', waits, { as: 'megan' }))).toMatchObject({
      state: 'pendingApproval',
    })
    const told = problems.filter(line => line.includes('aheadSeconds'))
    expect(told).toHaveLength(1)
    const ahead = Number(/"level":50,.*"aheadSeconds":(-?\d+)/.exec(told[0] ?? '')?.[1])
    expect(Math.abs(ahead - wrong)).toBeLessThan(60)

    clock.set(0)

    await expect.poll(async () => (await ask('GET', '/healthz/ready')).status).toBe(200)
    expect((await ask('POST', removePath(carol.userId), { as: 'lena' })).status).toBe(204)
    expect((await ask('POST', `${waits}/approve`, { as: 'megan' })).status).toBe(200)
    expect(rightOf(await worker.jobs.receive(1)())).toHaveLength(1)
  },
)
