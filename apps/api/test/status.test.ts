import { inMemoryStore } from '@lethe/adapter-memory'
import { sha256Digest, systemClock } from '@lethe/adapter-system'
import { Hono } from 'hono'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { afterAll, describe, expect, test } from 'vitest'
import type { ApiEnv } from '../src/http/context.js'
import type { DataPlaneHealth } from '../src/data-plane.js'
import { healthRoutes, type NoWorker } from '../src/http/health-routes.js'
import { jsonOf } from './making/answer.js'
import { rightOf } from './making/decoded.js'
import { openIssuer } from './making/issuer.js'
import { bob, contoso } from './making/places.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const path = '/lethe/v1/status'
const queue = { waiting: 0, longestWaitSeconds: null, held: 0 }
const worker = { unseenSeconds: null }

describe('the details of ready', () => {
  const details = async (
    unreadable: number | null,
    noWorker: NoWorker | null = null,
    graph: DataPlaneHealth | null = null,
  ): Promise<unknown> => {
    const app = new Hono<ApiEnv>()
    healthRoutes(app, {
      notReady: async () => null,
      graph: async () => graph,
      unreadable: async () => unreadable,
      noWorker: async () => noWorker,
    })
    return (await app.request('/healthz/ready')).json()
  }

  test('count what cannot be read, of all tenants', async () => {
    expect(await details(2)).toEqual({ status: 'ready', unreadable: 2 })
    expect([await details(0), await details(null)]).toEqual([{ status: 'ready' }, { status: 'ready' }])
  })

  test('say for how long no worker has been seen, and what blocks tenants', async () => {
    const noWorker = { tenants: 2, seconds: 93 }
    const graph = { closed: 1, open: 0, halfOpen: 0, blockedBy: { credential: 1, permission: 0 } }
    expect(await details(0, noWorker, graph)).toEqual({ status: 'ready', noWorker, graph })
  })
})

describe('the status of a tenant', () => {
  test('counts what is overdue, and says how calls to Graph fare', async () => {
    const asked: Array<string> = []
    const world = openWorld(issuer, {
      graphOf: async tenantId => {
        asked.push(tenantId)
        return { state: 'open', sinceDateTime: null, blockedBy: 'credential' }
      },
    })
    const answer = await world.ask('GET', path, { as: 'pradeep' })
    expect([answer.status, jsonOf(answer)]).toEqual([
      200,
      {
        overdue: 0,
        unreadable: 0,
        queue,
        worker,
        graph: { state: 'open', sinceDateTime: null, blockedBy: 'credential' },
      },
    ])
    expect(asked).toEqual([contoso])
  })

  test('has nothing to say of Graph where it is not called', async () => {
    const answer = await openWorld(issuer).ask('GET', path, { as: 'pradeep' })
    expect(jsonOf(answer)).toEqual({ overdue: 0, unreadable: 0, queue, worker, graph: null })
  })

  test('says what waits for a worker, of the tenant of whoever asks', async () => {
    const world = openWorld(issuer, { environment: { LETHE_APPROVALS: 'automatic' } })
    await world.ask('POST', '/lethe/v1/removalRequests', { as: 'adele', body: { userId: bob.userId } })
    expect(jsonOf(await world.ask('GET', path, { as: 'pradeep' }))).toMatchObject({
      queue: { waiting: 1, held: 0 },
    })
    expect(jsonOf(await world.ask('GET', path, { as: 'omar' }))).toMatchObject({ queue })
    await world.work()
    expect(jsonOf(await world.ask('GET', path, { as: 'pradeep' }))).toMatchObject({ queue })
  })

  test('says for how long no worker has been seen, of the tenant of the caller', async () => {
    const store = inMemoryStore({ digest: sha256Digest, clock: systemClock })
    const world = openWorld(issuer, { store })
    rightOf(await store.paces.change(contoso, (_, nowMs) => [{ workerSeenAt: nowMs - 93_500 }, undefined])())
    expect(jsonOf(await world.ask('GET', path, { as: 'pradeep' }))).toMatchObject({
      worker: { unseenSeconds: 93 },
    })
    expect(jsonOf(await world.ask('GET', path, { as: 'omar' }))).toMatchObject({ worker })

    rightOf(await world.composition.worker.reportWorker({ tenantId: contoso })())

    expect(jsonOf(await world.ask('GET', path, { as: 'pradeep' }))).toMatchObject({
      worker: { unseenSeconds: 0 },
    })
  })

  test('cannot be told while the store is away', async () => {
    const world = openWorld(issuer, {
      useCases: { readBacklog: () => TE.left({ _tag: 'Unavailable', retryAfterSeconds: 7 }) },
    })
    const answer = await world.ask('GET', path, { as: 'pradeep' })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7'])
  })

  test('is for those who may read requests, and takes no options', async () => {
    const world = openWorld(issuer)
    expect((await world.ask('GET', path)).status).toBe(401)
    expect((await world.ask('GET', `${path}?$top=1`, { as: 'pradeep' })).status).toBe(400)
    expect((await world.ask('POST', path, { as: 'pradeep' })).status).toBe(405)
  })
})
