import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { type InboundSharedUserProfile, TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { type Figure, rounded } from './figure.js'
import { benchTenant, type GraphWorld, openGraphWorld, otherTenant } from './graph-world.js'
import { startServerProcess } from './processes.js'
import { submitFor } from './submitting.js'
import { openWorld, type World } from './world.js'

const requests = 2000
/** More than Graph permits (3,000 in 150 s), so that a run is not long; a second of it may come at once. */
const writesPerSecond = 50
const lookEveryMilliseconds = 50
const mostSeconds = 180

/** How close to the permitted rate removals come, and how many calls were refused on the way. */
interface Run {
  readonly rate: number
  readonly throttled: number
  readonly calls: number
}

/**
 * Bulk removal from a Graph that permits a fixed rate of writes, which nobody told the workers: with Retry-After and without,
 * by one worker and by two. Each run begins with nothing learned.
 */
export const measureThrottle = async (): Promise<ReadonlyArray<Figure>> => {
  const told = await run(true, 1)
  const blind = await run(false, 1)
  const toldByTwo = await run(true, 2)
  const blindByTwo = await run(false, 2)
  return [
    ...figuresOf('throttle', told, 0.95, 0.02),
    ...figuresOf('blindThrottle', blind, 0.85, 0.05),
    ...figuresOf('throttleTwoWorkers', toldByTwo, 0.95, 0.02),
    ...figuresOf('blindThrottleTwoWorkers', blindByTwo, 0.85, 0.05),
  ]
}

const crowd = 10_000
/** What Graph's identity service permits an application in a tenant: 3,000 writes in 150 s. */
const usualWritesPerSecond = 20
/** So many of the crowd are removed before the other tenant asks: the worker is as full of them as it gets. */
const removedBefore = 200

/**
 * How long one request of a tenant waits behind ten thousand approved ones of another, with the settings as they come: from when it is
 * approved until its removal is called.
 */
export const measureFairness = async (): Promise<ReadonlyArray<Figure>> => {
  const people = Array.from({ length: crowd }, profile)
  const late = profile()
  const graph = await openGraphWorld(
    new Map([
      [benchTenant, people],
      [otherTenant, [late]],
    ]),
  )
  const world = await openWorld(benchTenant)
  try {
    for (const tenantId of [benchTenant, otherTenant])
      graph.twin.plans.put(tenantId, { rate: { writesPerSecond: usualWritesPerSecond, retryAfter: true } })
    await submitFor(
      world,
      benchTenant,
      people.map(({ userId }) => userId),
      'automatic',
    )
    await world.number('analyze')
    const worker = await startServerProcess(world, 'worker', {
      ...graph.environment,
      LETHE_TENANTS: `${benchTenant},${otherTenant}`,
      LETHE_ABSENCE_LOOKS: '3',
    })
    try {
      const isRemoved = () => graph.twin.ledger.view().people.some(({ tenantId }) => tenantId === otherTenant)
      await until(() => removedBy(graph) >= removedBefore)
      await submitFor(world, otherTenant, [late.userId], 'automatic')
      const approvedAt = performance.now()
      const before = removedBy(graph)
      await until(isRemoved)
      const seconds = (performance.now() - approvedAt) / 1000
      return [
        {
          name: 'fairSeconds',
          value: rounded(seconds),
          bar: 10,
          is: 'atMost',
          unit: 'seconds',
          detail: `one request behind ${crowd} of another tenant; ${removedBy(graph) - before - 1} of those were removed meanwhile`,
        },
      ]
    } finally {
      await worker.stop()
    }
  } finally {
    await world.close()
    await graph.close()
  }
}

const until = async (condition: () => boolean): Promise<void> => {
  const begun = performance.now()
  while (!condition()) {
    if (performance.now() - begun > mostSeconds * 1000) throw new Error('What was waited for did not come')
    await setTimeout(lookEveryMilliseconds)
  }
}

const figuresOf = (
  name: string,
  { rate, throttled, calls }: Run,
  least: number,
  most: number,
): ReadonlyArray<Figure> => [
  {
    name: `${name}Rate`,
    value: rounded(rate / writesPerSecond),
    bar: least,
    is: 'atLeast',
    unit: 'ratio',
    detail: `${rounded(rate)} removals a second of ${writesPerSecond} permitted`,
  },
  {
    name: `${name}429`,
    value: Math.round((throttled / calls) * 10_000) / 10_000,
    bar: most,
    is: 'atMost',
    unit: 'ratio',
    detail: `${throttled} of ${calls} calls were answered 429`,
  },
]

const run = async (retryAfter: boolean, workers: number): Promise<Run> => {
  const people = Array.from({ length: requests }, profile)
  const graph = await openGraphWorld(new Map([[benchTenant, people]]))
  const world = await openWorld(benchTenant)
  try {
    graph.twin.plans.put(benchTenant, { rate: { writesPerSecond, retryAfter } })
    await submitFor(
      world,
      benchTenant,
      people.map(({ userId }) => userId),
      'automatic',
    )
    await world.number('analyze')
    return await drained(world, graph, workers)
  } finally {
    await world.close()
    await graph.close()
  }
}

/** From the first write that the twin saw to the last removal. */
const drained = async (world: World, graph: GraphWorld, workers: number): Promise<Run> => {
  const servers = await Promise.all(
    Array.from({ length: workers }, () => startServerProcess(world, 'worker', graph.environment)),
  )
  try {
    const begun = performance.now()
    let [first, last] = [0, 0]
    while (removedBy(graph) < requests) {
      const now = performance.now()
      if (now - begun > mostSeconds * 1000) throw new Error('The removals did not come to an end')
      if (first === 0 && removedBy(graph) > 0) first = now
      await setTimeout(lookEveryMilliseconds)
    }
    last = performance.now()
    const writes =
      graph.twin.ledger.view().calls.find(({ tenantId }) => tenantId === benchTenant)?.writes ?? {}
    const calls = Object.values(writes).reduce((sum, count) => sum + count, 0)
    return { rate: requests / ((last - first) / 1000), throttled: writes['429'] ?? 0, calls }
  } finally {
    await Promise.all(servers.map(server => server.stop()))
  }
}

const removedBy = ({ twin }: GraphWorld): number => twin.ledger.view().people.length

const homeTenantId = ((): TenantId => {
  const decoded = TenantId.decode('9a3c1b5d-2e4f-4071-8293-a4b5c6d7e8f9')
  if (E.isLeft(decoded)) throw new Error('A GUID is a tenant id')
  return decoded.right
})()

const profile = (): InboundSharedUserProfile => {
  const userId = UserId.decode(randomUUID())
  if (E.isLeft(userId)) throw new Error('A UUID is a user id')
  return {
    userId: userId.right,
    homeTenantId,
    userPrincipalName: 'somebody@example.com',
    displayName: 'Somebody',
  }
}
