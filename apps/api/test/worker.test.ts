import { setImmediate, setTimeout } from 'node:timers/promises'
import type { HeldJob, Unavailable } from '@lethe/application'
import { Instant, RemovalRequestId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { afterEach, describe, expect, test } from 'vitest'
import { startWorker, type Worker, type WorkerDeps } from '../src/worker.js'
import { jsonOf } from './making/answer.js'
import { decoded } from './making/decoded.js'
import { keepLog } from './making/log-lines.js'
import { contoso, northwind } from './making/places.js'

const running: Array<Worker> = []
afterEach(async () => {
  await Promise.all(running.splice(0).map(worker => worker.stop()))
})

const down = { _tag: 'Unavailable', retryAfterSeconds: 300 } as const
const soon = decoded(Instant)('2026-12-01T00:00:00Z')
const whose = {
  job: 'performRemoval',
  tenantId: contoso,
  requestId: '01930000-0000-7000-8000-000000000001',
}

/** What was logged under a message. */
const saidOf = (lines: ReadonlyArray<string>, message: string) =>
  lines.map(text => decoded(t.UnknownRecord)(jsonOf({ text }))).filter(({ msg }) => msg === message)

const held = (receipt: string, deliveries = 1): HeldJob => ({
  job: {
    name: 'performRemoval',
    tenantId: contoso,
    requestId: decoded(RemovalRequestId)('01930000-0000-7000-8000-000000000001'),
    causedBy: 1,
    notBefore: null,
  },
  receipt,
  deliveries,
})

/** A worker over a queue that gives these jobs once each, and what it did. */
const start = (queue: Array<HeldJob>, changes: Partial<WorkerDeps> = {}) => {
  const completed: Array<string> = []
  const failed: Array<string> = []
  const renewed: Array<string> = []
  const postponed = new Map<string, Instant>()
  const { log, lines } = keepLog()
  const worker = startWorker({
    jobs: {
      receive: limit => TE.fromIO(() => queue.splice(0, limit)),
      receiveDead: () => TE.right([]),
      renew: receipts => TE.fromIO(() => void renewed.push(...receipts)),
      complete: receipt => TE.fromIO(() => void completed.push(receipt)),
      postpone: (receipt, until) => TE.fromIO(() => void postponed.set(receipt, until)),
      fail: receipt => TE.fromIO(() => void failed.push(receipt)),
    },
    performRemoval: () => TE.right({ kind: 'finished' }),
    failDeadRemoval: () => TE.right('done'),
    reportWorker: () => TE.right(undefined),
    expireRemovals: () => TE.right({ expired: 0, unreadable: [], defects: [] }),
    resumeRemovals: () => TE.right(0),
    countOverdue: () => TE.right(0),
    countUnreadable: () => TE.right(0),
    forgetSignIns: () => TE.right(0),
    tenants: [contoso],
    concurrency: 8,
    renewMilliseconds: 5,
    log,
    ...changes,
  })
  running.push(worker)
  return { worker, completed, failed, renewed, postponed, lines }
}

describe('the worker', () => {
  test('lets a slow job keep nobody else waiting', async () => {
    const gate = Promise.withResolvers<void>()
    const slow = held('slow')
    const queue = [slow, ...Array.from({ length: 19 }, (_, index) => held(`job ${index}`))]
    const { completed } = start(queue, {
      performRemoval:
        ({ job }) =>
        async () => {
          if (job === slow.job) await gate.promise
          return TE.right({ kind: 'finished' } as const)()
        },
    })
    await expect.poll(() => completed.length).toBe(19)
    gate.resolve()
    await expect.poll(() => completed.length).toBe(20)
  })

  test('does not look again at once where it was given less than it had room for', async () => {
    const gate = Promise.withResolvers<void>()
    const looks: Array<number> = []
    const queue = [held('first'), held('second')]
    start([], {
      performRemoval: () => async () => {
        await gate.promise
        return TE.right({ kind: 'finished' } as const)()
      },
      jobs: {
        receive: limit =>
          TE.fromIO(() => {
            looks.push(performance.now())
            return queue.splice(0, limit)
          }),
        receiveDead: () => TE.right([]),
        renew: () => TE.right(undefined),
        complete: () => TE.right(undefined),
        postpone: () => TE.right(undefined),
        fail: () => TE.right(undefined),
      },
    })
    await expect.poll(() => looks.length).toBeGreaterThan(1)
    const [first = 0, second = 0] = looks
    expect(second - first).toBeGreaterThan(200)
    gate.resolve()
  })

  test('goes on where even giving a job back fails', async () => {
    const queue = [held('broken')]
    const failing = () => {
      throw new Error('a bug')
    }
    const { lines } = start([], {
      performRemoval: () => failing,
      jobs: {
        receive: limit => TE.fromIO(() => queue.splice(0, limit)),
        receiveDead: () => TE.right([]),
        renew: () => TE.right(undefined),
        complete: () => TE.right(undefined),
        postpone: () => TE.right(undefined),
        fail: () => failing,
      },
    })
    await expect.poll(() => lines.join('')).toContain('job left to the end of its lease')
    expect(saidOf(lines, 'job left to the end of its lease')).toMatchObject([whose])
    queue.push(held('broken too'))
    await expect.poll(() => lines.filter(line => line.includes('left to the end')).length).toBe(2)
  })

  test('finishes what it holds when it stops, and takes no more', async () => {
    const gate = Promise.withResolvers<void>()
    const queue = [held('first')]
    let performing = 0
    const { worker, completed } = start(queue, {
      performRemoval: () => async () => {
        performing += 1
        await gate.promise
        return TE.right({ kind: 'finished' } as const)()
      },
    })
    await expect.poll(() => performing).toBe(1)
    queue.push(held('second'))
    const stopping = worker.stop()
    expect(await Promise.race([stopping, setImmediate('still at work')])).toBe('still at work')
    expect(completed).toEqual([])
    gate.resolve()
    await stopping
    expect([performing, completed, queue.length]).toEqual([1, ['first'], 1])
  })

  test('looks at once when it is woken', async () => {
    const queue: Array<HeldJob> = []
    const { worker, completed } = start(queue)
    queue.push(held('new'))
    worker.wake()
    await expect.poll(() => completed).toEqual(['new'])
  })

  test('gives back what cannot be done now, and says of which tenant and request', async () => {
    const { failed, completed, lines } = start([held('down', 3)], {
      performRemoval: () => TE.left({ _tag: 'Unavailable', retryAfterSeconds: 300 }),
    })
    await expect.poll(() => failed).toEqual(['down'])
    expect(completed).toEqual([])
    expect(saidOf(lines, 'job put off: unavailable')).toMatchObject([{ ...whose, deliveries: 3 }])
  })

  test.each([
    ['complete', { performRemoval: () => TE.right({ kind: 'finished' } as const) }],
    ['fail', { performRemoval: () => TE.left(down) }],
    ['postpone', { performRemoval: () => TE.right({ kind: 'postponed', until: soon } as const) }],
  ] as const)('says whose job it could not settle, and how: %s', async (operation, changes) => {
    const queue = [held('left')]
    const { lines } = start([], {
      ...changes,
      jobs: {
        receive: limit => TE.fromIO(() => queue.splice(0, limit)),
        receiveDead: () => TE.right([]),
        renew: () => TE.right(undefined),
        complete: () => TE.left(down),
        postpone: () => TE.left(down),
        fail: () => TE.left(down),
      },
    })
    const said = () => saidOf(lines, 'job left to the end of its lease: unavailable')
    await expect.poll(() => said().length).toBe(1)
    expect(said()).toMatchObject([{ ...whose, operation }])
  })

  test.each([
    ['receive', { receive: () => TE.left(down) }, {}],
    ['receiveDead', { receiveDead: () => TE.left(down) }, {}],
    ['reportWorker', {}, { reportWorker: () => TE.left(down) }],
  ] as const)('says what it waits for while the store is away: %s', async (operation, jobs, changes) => {
    const { lines } = start([], {
      ...changes,
      jobs: {
        receive: () => TE.right([]),
        receiveDead: () => TE.right([]),
        renew: () => TE.right(undefined),
        complete: () => TE.right(undefined),
        postpone: () => TE.right(undefined),
        fail: () => TE.right(undefined),
        ...jobs,
      },
    })
    await expect.poll(() => saidOf(lines, 'worker waits: unavailable')).toMatchObject([{ operation }])
  })

  test('says of each tenant that it is there, as long as it looks for work', async () => {
    const reported: Array<string> = []
    const { worker } = start([], {
      tenants: [contoso, northwind],
      reportWorker: ({ tenantId }) => TE.fromIO(() => void reported.push(tenantId)),
    })
    await expect.poll(() => reported).toEqual([contoso, northwind])
    expect(worker.isWorking()).toBe(true)
  })

  test('postpones what came too early', async () => {
    const until = decoded(Instant)('2026-12-01T00:00:00Z')
    const { failed, completed, postponed } = start([held('early')], {
      performRemoval: () => TE.right({ kind: 'postponed', until }),
    })
    await expect.poll(() => [...postponed]).toEqual([['early', until]])
    expect([completed, failed]).toEqual([[], []])
  })

  test.each([
    [{ kind: 'unreadable', reason: 'contentDiffers' }, 'history unreadable'],
    [{ kind: 'subjectDiffers' }, 'removal failed: subjectDiffers'],
  ] as const)(
    'says which request it does nothing with, and is done with the job: %j',
    async (ended, said) => {
      const { completed, lines } = start([held('odd')], { performRemoval: () => TE.right(ended) })
      await expect.poll(() => completed).toEqual(['odd'])
      const { tenantId, requestId } = held('odd').job
      expect(lines.join('')).toMatch(new RegExp(`"level":50.*${tenantId}.*${requestId}.*${said}`))
    },
  )

  test('renews what it holds, and no more once it is done', async () => {
    const gate = Promise.withResolvers<void>()
    const { renewed, completed } = start([held('long')], {
      performRemoval: () => async () => {
        await gate.promise
        return TE.right({ kind: 'finished' } as const)()
      },
    })
    await expect.poll(() => renewed.length).toBeGreaterThan(1)
    gate.resolve()
    await expect.poll(() => completed).toEqual(['long'])
    const before = renewed.length
    await setTimeout(50)
    expect(renewed.length).toBe(before)
  })

  test('lives through an exception, and logs nothing of its message', async () => {
    const queue = [held('bug')]
    let fail = true
    const { worker, failed, completed, lines } = start(queue, {
      performRemoval: () => {
        if (fail) throw new Error('bob@fabrikam.example')
        return TE.right({ kind: 'finished' })
      },
    })
    await expect.poll(() => failed).toEqual(['bug'])
    fail = false
    queue.push(held('next'))
    worker.wake()
    await expect.poll(() => completed).toEqual(['next'])
    expect(lines.join('')).toContain('job failed')
    expect(lines.join('')).not.toContain('fabrikam')
  })

  test('ends the request of a dead job, and completes the job only then', async () => {
    const dead = [held('first'), held('second')]
    const ended: Array<string> = []
    const [completed, failed]: [Array<string>, Array<string>] = [[], []]
    start([], {
      failDeadRemoval: ({ job }) =>
        TE.fromIOEither(() => {
          ended.push(job.requestId)
          return ended.length === 1 ? E.left<Unavailable, 'done'>(down) : E.right('done')
        }),
      jobs: {
        receive: () => TE.right([]),
        receiveDead: limit => TE.fromIO(() => dead.splice(0, limit)),
        renew: () => TE.right(undefined),
        complete: receipt => TE.fromIO(() => void completed.push(receipt)),
        postpone: () => TE.right(undefined),
        fail: receipt => TE.fromIO(() => void failed.push(receipt)),
      },
    })
    await expect.poll(() => [failed, completed]).toEqual([['first'], ['second']])
    expect(ended).toHaveLength(2)
  })
})
