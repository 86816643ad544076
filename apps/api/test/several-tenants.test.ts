import type { DataHolder } from '@lethe/application'
import type { TenantId } from '@lethe/domain'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { openStore } from '../src/open-store.js'
import { startWorker } from '../src/worker.js'
import { jsonOf } from './making/answer.js'
import { dropDatabases, migratedDatabase } from './making/database.js'
import { decoded, rightOf } from './making/decoded.js'
import { configFor } from './making/environment.js'
import { openIssuer } from './making/issuer.js'
import { keepLog } from './making/log-lines.js'
import { bob, contoso, crowd, nora, northwind, upTo } from './making/places.js'
import { closeStores, openPostgresWorld } from './making/postgres-world.js'
import { submit } from './making/requests.js'
import * as t from 'io-ts'

const issuer = await openIssuer()
afterEach(closeStores)
afterAll(async () => {
  await issuer.close()
  await dropDatabases()
})

/** A holder whose removals are called, and end one by one when they are let go; once all are, none waits any more. */
const heldUp = () => {
  const called: Array<TenantId> = []
  const waiting: Array<() => void> = []
  let holding = true
  return {
    called,
    letOneGo: () => waiting.shift()?.(),
    letAllGo: () => {
      holding = false
      for (const go of waiting.splice(0)) go()
    },
    around: (holder: DataHolder): DataHolder => ({
      ...holder,
      remove: removal => async () => {
        called.push(removal.tenantId)
        if (holding && removal.tenantId === contoso) await new Promise<void>(resolve => waiting.push(resolve))
        return holder.remove(removal)()
      },
    }),
  }
}

describe('with the settings as they come', () => {
  test("a tenant's one request is called before 200 more of another's thousand that wait", async () => {
    const people = crowd(1000)
    const slow = heldUp()
    const { ask, composition } = await openPostgresWorld(issuer, {
      environment: { LETHE_APPROVALS: 'automatic' },
      profiles: new Map([
        [contoso, people],
        [northwind, [nora]],
      ]),
      dataPlane: ({ inboundProfiles, dataHolders }) => ({
        inboundProfiles,
        dataHolders: { of: tenantId => dataHolders.of(tenantId).map(slow.around) },
      }),
    })
    for (const start of upTo(20).map(part => part * 50))
      await Promise.all(people.slice(start, start + 50).map(({ userId }) => submit(ask, 'lena', userId)))
    const worker = startWorker(composition.worker)
    try {
      // All that it may hold of one tenant.
      await expect.poll(() => slow.called.length).toBe(composition.worker.concurrency / 2)

      await submit(ask, 'omar', nora.userId)
      const before = slow.called.length
      for (let more = 0; more < 200 && !slow.called.includes(northwind); more += 1) {
        const calls = slow.called.length
        slow.letOneGo()
        await expect.poll(() => slow.called.length).toBeGreaterThan(calls)
      }

      expect(slow.called).toContain(northwind)
      expect(slow.called.indexOf(northwind) - before).toBeLessThan(200)
    } finally {
      const stopped = worker.stop()
      slow.letAllGo()
      await stopped
    }
  })
})

describe('a worker that does not serve a tenant any more', () => {
  const Line = t.type({ msg: t.string, tenantId: t.string })

  test('leaves its jobs, and says so where no other worker serves it', async () => {
    const database = await migratedDatabase()
    const { ask, composition } = await openPostgresWorld(issuer, {
      database,
      environment: { LETHE_APPROVALS: 'automatic' },
    })
    await submit(ask, 'omar', nora.userId)
    const looking = async () => {
      const { log, lines } = keepLog()
      const config = configFor(issuer, { LETHE_DATABASE_URL: database.appUrl, LETHE_TENANTS: contoso })
      const store = rightOf(await openStore(config, 'worker', log))
      const received = rightOf(await store.ports.jobs.receive(10)())
      return { ...store, received, lines }
    }

    const one = await looking()
    expect(one.received).toEqual([])
    await expect.poll(() => one.lines.length).toBe(1)
    expect(one.lines.map(text => decoded(Line)(jsonOf({ text })))).toMatchObject([
      { msg: 'removals wait: no worker has their tenant in LETHE_TENANTS', tenantId: northwind },
    ])
    await one.close()

    rightOf(await composition.worker.reportWorker({ tenantId: northwind })())
    const other = await looking()
    expect(other.received).toEqual([])
    await other.close()
    expect(other.lines).toEqual([])
    expect(rightOf(await composition.worker.jobs.receive(10)())).toMatchObject([
      { job: { tenantId: northwind }, deliveries: 1 },
    ])
  })
})

test('the policy of the configuration is that of every tenant', async () => {
  const { ask } = await openPostgresWorld(issuer, { environment: { LETHE_APPROVAL_EXPIRY_DAYS: '7' } })
  for (const [as, userId] of [
    ['lena', bob.userId],
    ['omar', nora.userId],
  ] as const) {
    const answer = await ask('POST', '/lethe/v1/removalRequests', { as, body: { userId } })
    expect(jsonOf(answer)).toMatchObject({ state: 'pendingApproval', approvalsRequired: 1 })
  }
})
