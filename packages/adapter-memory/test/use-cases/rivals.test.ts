import {
  approveRemoval,
  denyRemoval,
  expireRemovals,
  submitRemoval,
  withdrawRemoval,
} from '@lethe/application'
import { succeed, upTo } from '@lethe/application/testing'
import type { RemovalRequestId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { submitted } from './acts.js'
import { bob, granted } from './people.js'
import { type Hook, under } from './ports-under-hook.js'
import { stepped, takeTurns } from './stepping.js'
import { createWorld, eventTypesOf, requestOf, type World } from './world.js'

type Act = (world: World, id: RemovalRequestId) => (hook: Hook) => Promise<unknown>

const approving: Act = (world, id) => async hook =>
  approveRemoval(under(world, hook).deps)({ grant: granted('approve', world.megan), id })()
const denying: Act = (world, id) => async hook =>
  denyRemoval(under(world, hook).deps)({
    grant: granted('deny', world.isaiah),
    id,
    code: 'duplicate',
    note: null,
  })()
const withdrawing: Act = (world, id) => async hook =>
  withdrawRemoval(under(world, hook).deps)({ grant: granted('withdraw', world.adele), id })()
/** First the time of the request runs out. */
const expiring: Act = (world, id) => async hook => {
  const { dueAt } = await requestOf(world, id)
  const name = 'time passes'
  await hook({ name, run: async () => world.clock.set(dueAt), failed: undefined, answerLost: undefined })
  return expireRemovals(under(world, hook).deps)({ tenantId: world.tenantId, limit: 5 })()
}

const turnsOfTwo = [0, ...upTo(6)].flatMap(one => [0, ...upTo(6)].map(two => [one, two]))

/** How requests end, and with how many decisions, for every way in which two rivals can take turns. */
const endingsOf = async (one: Act, other: Act): Promise<ReadonlyArray<string>> => {
  const endings = new Set<string>()
  for (const turns of turnsOfTwo) {
    const world = createWorld({ expiresAfterDays: 1 })
    const { request } = await submitted(world)
    const [first, second] = [stepped(one(world, request.id)), stepped(other(world, request.id))]
    await takeTurns(first, second, turns)
    await Promise.all([first.finish(), second.finish()])
    const { state } = await requestOf(world, request.id)
    const decisions = (await eventTypesOf(world, request.id)).filter(type => final.has(type))
    endings.add([state, ...decisions].join(' '))
  }
  return [...endings].toSorted()
}

const final = new Set(['removalApproved', 'removalDenied', 'removalWithdrawn', 'requestExpired'])

describe('two rivals, however they take turns', () => {
  it('approve or deny', async () => {
    expect(await endingsOf(approving, denying)).toStrictEqual([
      'approved removalApproved',
      'denied removalDenied',
    ])
  })

  it('approve or expire', async () => {
    expect(await endingsOf(approving, expiring)).toStrictEqual([
      'approved removalApproved',
      'expired requestExpired',
    ])
  })

  it('deny or expire', async () => {
    expect(await endingsOf(denying, expiring)).toStrictEqual([
      'denied removalDenied',
      'expired requestExpired',
    ])
  })

  it('approve or withdraw: what was approved can still be withdrawn', async () => {
    expect(await endingsOf(approving, withdrawing)).toStrictEqual([
      'withdrawn removalApproved removalWithdrawn',
      'withdrawn removalWithdrawn',
    ])
  })

  it('submit: one request, which both are given', async () => {
    for (const turns of turnsOfTwo) {
      const world = createWorld()
      const submitting = () =>
        stepped(async hook =>
          succeed(
            submitRemoval(under(world, hook).deps)({
              grant: granted('submit', world.adele),
              userId: bob,
              receivedAt: null,
              batch: null,
            }),
          ),
        )
      const [one, other] = [submitting(), submitting()]
      await takeTurns(one, other, turns)
      const answers = await Promise.all([one.finish(), other.finish()])

      expect(answers.filter(({ joined }) => joined)).toHaveLength(1)
      expect(new Set(answers.map(({ request }) => request.id)).size).toBe(1)
    }
  })
})
