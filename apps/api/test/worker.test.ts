import { setImmediate } from 'node:timers/promises'
import { systemClock } from '@lethe/adapter-system'
import type { HeldJob } from '@lethe/application'
import { addSeconds, type Instant, RemovalRequestId } from '@lethe/domain'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { afterEach, describe, expect, test } from 'vitest'
import { startWorker, type Worker, type WorkerDeps } from '../src/worker.js'
import { decoded } from './making/decoded.js'
import { keepLog } from './making/log-lines.js'
import { contoso } from './making/places.js'

const running: Array<Worker> = []
afterEach(async () => {
  await Promise.all(running.splice(0).map(worker => worker.stop()))
})

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
  const postponed = new Map<string, Instant>()
  const { log, lines } = keepLog()
  const worker = startWorker({
    jobs: {
      receive: limit => TE.fromIO(() => queue.splice(0, limit)),
      complete: receipt => TE.fromIO(() => void completed.push(receipt)),
      postpone: (receipt, until) => TE.fromIO(() => void postponed.set(receipt, until)),
    },
    performRemoval: () => TE.right({ kind: 'finished' }),
    abandonRemoval: () => TE.right(undefined),
    expireRemovals: () => TE.right(0),
    tenants: [contoso],
    clock: systemClock,
    log,
    ...changes,
  })
  running.push(worker)
  return { worker, completed, postponed, lines }
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

  test('goes on where even putting a job off fails', async () => {
    const queue = [held('broken')]
    const failing = () => {
      throw new Error('a bug')
    }
    const { lines } = start([], {
      performRemoval: () => failing,
      jobs: {
        receive: limit => TE.fromIO(() => queue.splice(0, limit)),
        complete: () => TE.right(undefined),
        postpone: () => failing,
      },
    })
    await expect.poll(() => lines.join('')).toContain('job left to the end of its lease')
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

  test('postpones what cannot be done now, for as long as it is told', async () => {
    const { postponed, completed } = start([held('down')], {
      performRemoval: () => TE.left({ _tag: 'Unavailable', retryAfterSeconds: 300 }),
    })
    await expect.poll(() => [...postponed.keys()]).toEqual(['down'])
    expect((postponed.get('down') ?? '') > addSeconds(systemClock.now(), 290)).toBe(true)
    expect(completed).toEqual([])
  })

  test('lives through an exception, and logs nothing of its message', async () => {
    const queue = [held('bug')]
    let fail = true
    const { worker, postponed, completed, lines } = start(queue, {
      performRemoval: () => {
        if (fail) throw new Error('bob@fabrikam.example')
        return TE.right({ kind: 'finished' })
      },
    })
    await expect.poll(() => [...postponed.keys()]).toEqual(['bug'])
    fail = false
    queue.push(held('next'))
    worker.wake()
    await expect.poll(() => completed).toEqual(['next'])
    expect(lines.join('')).toContain('job failed')
    expect(lines.join('')).not.toContain('fabrikam')
  })

  test('gives up a job that was delivered too often', async () => {
    const abandoned: Array<string> = []
    const { completed } = start([held('often', 21)], {
      performRemoval: () => {
        throw new Error('not to be performed')
      },
      abandonRemoval: ({ job }) => TE.fromIO(() => void abandoned.push(job.requestId)),
    })
    await expect.poll(() => completed).toEqual(['often'])
    expect(abandoned).toHaveLength(1)
  })
})
