import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe } from './support/fake-io.js'

const idle = { waiting: 0, longestWaitSeconds: null, held: 0 }

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
})
afterEach(() => api.close())

describe('lethe status', () => {
  it('shows how the tenant stands', async () => {
    const { code, stdout, stderr } = await lethe(api.url, ['status', '-o', 'json'])
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      server: api.url,
      contract: 'seed',
      caller: { kind: 'workAccount', operations: ['listProfiles', 'submit'] },
      overdue: 2,
      unreadable: 0,
      queue: { waiting: 3, longestWaitSeconds: 40, held: 1 },
      worker: { unseenSeconds: 2 },
      graph: { state: 'open', sinceDateTime: '2026-11-23T09:00:00Z', blockedBy: null },
    })
  })

  it('shows no state of Graph where the server calls none', async () => {
    api.instead = ({ path }) =>
      path === '/lethe/v1/status'
        ? {
            status: 200,
            body: { overdue: 0, unreadable: 0, queue: idle, worker: { unseenSeconds: 93 }, graph: null },
          }
        : null
    const { code, stdout } = await lethe(api.url, ['status'])
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /overdue: +0\nunreadable: +0\nqueueWaiting: +0\nqueueHeld: +0\nworkerUnseenSeconds: +93\n$/,
    )
  })

  it('ends with 5 where the server cannot say', async () => {
    api.instead = ({ path }) => (path === '/lethe/v1/status' ? { status: 503, body: {} } : null)
    expect((await lethe(api.url, ['status'])).code).toBe(5)
  })
})
