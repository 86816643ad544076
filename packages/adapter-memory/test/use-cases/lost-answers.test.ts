import {
  approveRemoval,
  closeRemoval,
  denyRemoval,
  retryRemoval,
  submitRemoval,
  withdrawRemoval,
} from '@lethe/application'
import { succeed } from '@lethe/application/testing'
import type { RemovalEvent, RemovalRequestId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { submitted, submittedAndApproved } from './acts.js'
import { Crash, faults, faulty } from './faults.js'
import { bob, granted } from './people.js'
import { type Hook, under } from './ports-under-hook.js'
import { refused, scripted } from './scripted-holder.js'
import { work } from './worker.js'
import { createWorld, eventTypesOf, type World } from './world.js'

interface Case {
  readonly name: string
  readonly prepare: (world: World) => Promise<unknown>
  readonly act: (
    world: World,
    hook: Hook,
  ) => Promise<E.Either<{ readonly _tag: string }, { readonly id: RemovalRequestId }>>
  readonly leaves: RemovalEvent['type']
}

const onlyRequestOf = async ({ store, tenantId }: World): Promise<RemovalRequestId> => {
  const { items } = await succeed(store.removalRequests.list(tenantId, {}, { size: 5, after: null }))
  const [request, ...others] = items
  if (request === undefined || others.length > 0) throw new Error(`There are ${items.length} requests`)
  return request.id
}

const failAfterCall = async (world: World): Promise<void> => {
  world.configure([
    scripted(world.graphData.holder, world.clock.now, { removes: [{ problem: refused, effect: false }] }),
  ])
  await submittedAndApproved(world)
  await work(world)
}

const cases: ReadonlyArray<Case> = [
  {
    name: 'submit',
    prepare: async () => null,
    act: async (world, hook) => {
      const grant = granted('submit', world.adele)
      const outcome = await submitRemoval(under(world, hook).deps)({
        grant,
        userId: bob,
        receivedAt: null,
        batch: null,
      })()
      return E.isLeft(outcome) ? outcome : E.right(outcome.right.request)
    },
    leaves: 'removalRequested',
  },
  {
    name: 'approve',
    prepare: async world => submitted(world),
    act: async (world, hook) =>
      approveRemoval(under(world, hook).deps)({
        grant: granted('approve', world.megan),
        id: await onlyRequestOf(world),
      })(),
    leaves: 'removalApproved',
  },
  {
    name: 'deny',
    prepare: async world => submitted(world),
    act: async (world, hook) =>
      denyRemoval(under(world, hook).deps)({
        grant: granted('deny', world.megan),
        id: await onlyRequestOf(world),
        code: 'other',
        note: 'A note',
      })(),
    leaves: 'removalDenied',
  },
  {
    name: 'withdraw',
    prepare: async world => submitted(world),
    act: async (world, hook) =>
      withdrawRemoval(under(world, hook).deps)({
        grant: granted('withdraw', world.adele),
        id: await onlyRequestOf(world),
      })(),
    leaves: 'removalWithdrawn',
  },
  {
    name: 'retry',
    prepare: failAfterCall,
    act: async (world, hook) =>
      retryRemoval(under(world, hook).deps)({
        grant: granted('retry', world.adele),
        id: await onlyRequestOf(world),
      })(),
    leaves: 'removalRetried',
  },
  {
    name: 'close',
    prepare: failAfterCall,
    act: async (world, hook) =>
      closeRemoval(under(world, hook).deps)({
        grant: granted('close', world.megan),
        id: await onlyRequestOf(world),
        code: 'other',
        note: 'A note',
      })(),
    leaves: 'removalAbandoned',
  },
]

/** Acts again and again until there is an answer, as a client does that got none. */
const actUntilAnswered = async (world: World, { act }: Case, hook: Hook): Promise<RemovalRequestId> => {
  for (let tries = 0; tries < 5; tries += 1) {
    const outcome = await act(world, hook).catch((error: unknown) => {
      if (error instanceof Crash) return null
      throw error
    })
    if (outcome !== null && E.isRight(outcome)) return outcome.right.id
    if (outcome !== null && outcome.left._tag !== 'Unavailable')
      throw new Error(`A repeat was refused: ${outcome.left._tag}`)
  }
  throw new Error('There was no answer')
}

describe.each(cases)('$name, repeated because the answer was lost', acting => {
  it.each(faults)('is recorded once with "%s" at any call', async fault => {
    const counts: Array<number> = []
    let at = 0
    let calls = 0
    do {
      at += 1
      const world = createWorld()
      await acting.prepare(world)
      const { hook, count } = faulty(new Map([[at, fault]]))
      const id = await actUntilAnswered(world, acting, hook)
      calls = count()
      const types = await eventTypesOf(world, id)
      counts.push(types.filter(type => type === acting.leaves).length)
    } while (at < calls)

    expect(new Set(counts)).toStrictEqual(new Set([1]))
  })
})
