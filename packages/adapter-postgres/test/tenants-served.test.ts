import { automatic, elementAt, rightOf, submitted, succeed, upTo } from '@lethe/application/testing'
import type { RemovalRequest, TenantId } from '@lethe/domain'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PostgresStore, PostgresStoreSettings } from '../src/index.js'
import { type HarnessWithDatabase, postgresHarness } from './making/harness.js'
import { queue } from './making/queue.js'
import { openStoreOn } from './making/store.js'

let h: HarnessWithDatabase
beforeAll(async () => {
  h = await postgresHarness()
})
const open: Array<PostgresStore> = []
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})
afterAll(async () => {
  await h.close()
})

/** The store of a process that serves these tenants, and whose jobs it left. */
const serving = async (
  tenants: ReadonlyArray<TenantId>,
  changes: Partial<PostgresStoreSettings> = {},
): Promise<PostgresStore & { readonly left: ReadonlyArray<TenantId> }> => {
  const left: Array<TenantId> = []
  const onJobsLeft = (tenantId: TenantId) => void left.push(tenantId)
  const store = rightOf(await openStoreOn(h.database.appUrl, { tenants, onJobsLeft, ...changes }))
  open.push(store)
  return { ...store, left }
}

const approved = async (tenantId: TenantId, count = 1): Promise<ReadonlyArray<RemovalRequest>> => {
  const requests = []
  for (const _ of upTo(count)) requests.push(await submitted(h, { tenantId, policy: automatic }))
  return requests
}

const ofTenant = async ({ jobs }: PostgresStore, limit = 50): Promise<ReadonlyArray<TenantId>> =>
  (await succeed(jobs.receive(limit))).map(({ job }) => job.tenantId)

/** What the queue holds of a tenant, as the database has it. */
const rowsOf = (tenantId: TenantId) =>
  h.database.asOwner(
    `select name, state::text, retry_count from pgboss.job where group_id = '${tenantId}' and state < 'completed'`,
  )

describe('a job of a tenant that is not served', () => {
  it('waits, untouched, and says so once; the others are taken', async () => {
    const [gone, served] = [h.ids.tenantId(), h.ids.tenantId()]
    await approved(gone, 60)
    await approved(served)
    const worker = await serving([served])

    expect(await ofTenant(worker)).toStrictEqual([served])
    for (const _ of upTo(3)) expect(await ofTenant(worker)).toStrictEqual([])

    expect(worker.left).toStrictEqual([gone])
    expect(await rowsOf(gone)).toStrictEqual(
      upTo(60).map(() => ({ name: 'perform-removal', state: 'created', retry_count: 0 })),
    )
    const other = await serving([gone])
    expect(await ofTenant(other, 100)).toHaveLength(queue.heldPerTenant)
    expect(other.left).toStrictEqual([])
  })

  it('is not dead of it, however often it was asked for; where it was dead, it stays so until it is served', async () => {
    const [gone, served] = [h.ids.tenantId(), h.ids.tenantId()]
    const [request] = await approved(gone)
    for (const _ of upTo(queue.mostDeliveries + 2)) {
      // Each time a process that does not know whose jobs are there.
      expect(await ofTenant(await serving([served]))).toStrictEqual([])
      await h.letLeasesRunOut()
    }
    const own = await serving([gone])
    for (const _ of upTo(queue.mostDeliveries)) {
      expect(await ofTenant(own)).toStrictEqual([gone])
      await h.letLeasesRunOut()
    }
    const stranger = await serving([served])
    expect(await succeed(stranger.jobs.receiveDead(10))).toStrictEqual([])
    expect(stranger.left).toStrictEqual([gone])

    const dead = await succeed(own.jobs.receiveDead(10))
    expect(dead.map(({ job, deliveries }) => [job.requestId, deliveries])).toStrictEqual([[request?.id, 1]])
    await succeed(own.jobs.complete(elementAt(dead, 0).receipt))
  })

  it('that failed before keeps its count', async () => {
    const [gone, served] = [h.ids.tenantId(), h.ids.tenantId()]
    await approved(gone)
    const own = await serving([gone])
    await succeed(own.jobs.fail(elementAt(await succeed(own.jobs.receive(1)), 0).receipt))
    await h.clock.advance(600)

    expect(await ofTenant(await serving([served]))).toStrictEqual([])

    expect(await rowsOf(gone)).toStrictEqual([{ name: 'perform-removal', state: 'retry', retry_count: 0 }])
    expect(await succeed(own.jobs.receive(1))).toMatchObject([{ deliveries: 2 }])
  })

  it('is taken by the worker that serves it, whoever else looks at the same time', async () => {
    const [one, other] = [h.ids.tenantId(), h.ids.tenantId()]
    await approved(one, 20)
    await approved(other, 20)
    const workers = [await serving([one]), await serving([other]), await serving([one, other])] as const
    const taken: Array<readonly [number, TenantId]> = []
    while (taken.length < 40)
      for (const [index, batch] of (await Promise.all(workers.map(worker => ofTenant(worker, 3)))).entries())
        taken.push(...batch.map(tenantId => [index, tenantId] as const))

    expect(taken).toHaveLength(40)
    expect(taken.filter(([index, tenantId]) => index === 0 && tenantId === other)).toStrictEqual([])
    expect(taken.filter(([index, tenantId]) => index === 1 && tenantId === one)).toStrictEqual([])
  })
})

describe('several tenants', () => {
  it('have a share each before the one that has waited longest has more', async () => {
    const tenants = upTo(4).map(() => h.ids.tenantId())
    const share = queue.heldPerTenant / tenants.length
    const [first, ...later] = tenants
    if (first === undefined) throw new Error('There are four')
    await approved(first, queue.heldPerTenant)
    for (const tenantId of later) await approved(tenantId)
    const worker = await serving(tenants)

    const taken: Array<TenantId> = []
    for (const _ of upTo(4)) taken.push(...(await ofTenant(worker, share)))

    expect(taken.slice(0, share)).toStrictEqual(upTo(share).map(() => first))
    expect(taken.slice(share, share + 3).toSorted()).toStrictEqual(later.toSorted())
    // What is left over is for those who have waited longest.
    expect(taken.slice(share + 3).every(tenantId => tenantId === first)).toBe(true)
    expect(taken.length).toBeGreaterThan(share + 3)
  })

  it('fill the room of one look, whoever waits in front of whom', async () => {
    const [first, late] = [h.ids.tenantId(), h.ids.tenantId()]
    const room = 2 * queue.heldPerTenant
    await approved(first, room)
    await approved(late, queue.heldPerTenant)
    const worker = await serving([first, late])
    const taken = await ofTenant(worker, room)
    expect([first, late].map(tenantId => taken.filter(one => one === tenantId).length)).toStrictEqual([
      queue.heldPerTenant,
      queue.heldPerTenant,
    ])
  })
})
