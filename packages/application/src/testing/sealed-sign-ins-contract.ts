import { addSeconds } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import type { SealedSignIn } from '../ports/sign-ins.js'
import type { OpenStore, StoreHarness } from './harness.js'
import { succeed } from './outcomes.js'
import { approvalOf, deniedBy, recordOf, submitted } from './scenarios.js'

/**
 * What the port `SealedSignIns` promises.
 *
 * @param name of the adapter.
 */
export const sealedSignInsContract = (name: string, open: OpenStore): void => {
  describe(`sealed sign-ins: ${name}`, () => {
    it('gives back what was put, as it was', async () => {
      const h = await open()
      const [tenantId, requestId, signIn] = [h.ids.tenantId(), h.ids.identifiers.requestId(), signInOf(h)]
      await succeed(h.store.sealedSignIns.put(tenantId, requestId, signIn))

      expect(await succeed(h.store.sealedSignIns.find(tenantId, requestId))).toStrictEqual(O.some(signIn))
    })

    it('holds as much as a sign-in may need', async () => {
      const h = await open()
      const [tenantId, requestId] = [h.ids.tenantId(), h.ids.identifiers.requestId()]
      const signIn = signInOf(h, 0, 'Zm9v_-'.repeat(20_000))
      await succeed(h.store.sealedSignIns.put(tenantId, requestId, signIn))

      expect(await succeed(h.store.sealedSignIns.find(tenantId, requestId))).toStrictEqual(O.some(signIn))
    })

    it('puts a sign-in in the place of the one that is there', async () => {
      const h = await open()
      const [tenantId, requestId] = [h.ids.tenantId(), h.ids.identifiers.requestId()]
      const [first, second] = [signInOf(h, 0, 'b25l'), signInOf(h, 5, 'dHdv')]
      await succeed(h.store.sealedSignIns.put(tenantId, requestId, first))
      await succeed(h.store.sealedSignIns.put(tenantId, requestId, second))

      expect(await succeed(h.store.sealedSignIns.find(tenantId, requestId))).toStrictEqual(O.some(second))
      await succeed(h.store.sealedSignIns.erase(tenantId, requestId))
      expect(await succeed(h.store.sealedSignIns.find(tenantId, requestId))).toStrictEqual(O.none)
    })

    it('finds nothing of another request, and nothing of another tenant', async () => {
      const h = await open()
      const [tenantId, foreign] = [h.ids.tenantId(), h.ids.tenantId()]
      const [requestId, another] = [h.ids.identifiers.requestId(), h.ids.identifiers.requestId()]
      await succeed(h.store.sealedSignIns.put(tenantId, requestId, signInOf(h)))

      expect(await succeed(h.store.sealedSignIns.find(tenantId, another))).toStrictEqual(O.none)
      expect(await succeed(h.store.sealedSignIns.find(foreign, requestId))).toStrictEqual(O.none)
    })

    it('erases that of one request in one tenant; a repeat changes nothing', async () => {
      const h = await open()
      const [tenantId, foreign] = [h.ids.tenantId(), h.ids.tenantId()]
      const [requestId, another] = [h.ids.identifiers.requestId(), h.ids.identifiers.requestId()]
      const kept = signInOf(h)
      await succeed(h.store.sealedSignIns.put(tenantId, requestId, signInOf(h)))
      await succeed(h.store.sealedSignIns.put(tenantId, another, kept))
      await succeed(h.store.sealedSignIns.put(foreign, requestId, kept))

      await succeed(h.store.sealedSignIns.erase(tenantId, requestId))
      await succeed(h.store.sealedSignIns.erase(tenantId, requestId))

      expect(await succeed(h.store.sealedSignIns.find(tenantId, requestId))).toStrictEqual(O.none)
      expect(await succeed(h.store.sealedSignIns.find(tenantId, another))).toStrictEqual(O.some(kept))
      expect(await succeed(h.store.sealedSignIns.find(foreign, requestId))).toStrictEqual(O.some(kept))
    })

    it('erases what was kept before a moment, in one tenant, and counts it', async () => {
      const h = await open()
      const [tenantId, foreign] = [h.ids.tenantId(), h.ids.tenantId()]
      const requestIds = [0, 1, 2, 3].map(() => h.ids.identifiers.requestId())
      for (const [age, requestId] of requestIds.entries()) {
        await succeed(h.store.sealedSignIns.put(tenantId, requestId, signInOf(h, age)))
        await succeed(h.store.sealedSignIns.put(foreign, requestId, signInOf(h, age)))
      }
      const before = addSeconds(h.clock.now(), -1)

      expect(await succeed(h.store.sealedSignIns.eraseKeptBefore(tenantId, before))).toBe(2)
      expect(await succeed(h.store.sealedSignIns.eraseKeptBefore(tenantId, before))).toBe(0)

      const found = requestIds.map(async id => succeed(h.store.sealedSignIns.find(tenantId, id)))
      expect((await Promise.all(found)).map(O.isSome)).toStrictEqual([true, true, false, false])
      const elsewhere = requestIds.map(async id => succeed(h.store.sealedSignIns.find(foreign, id)))
      expect((await Promise.all(elsewhere)).every(O.isSome)).toBe(true)
    })

    it('erases that of a request with the append after which nothing is to be done', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const [ending, going] = [await submitted(h, { tenantId }), await submitted(h, { tenantId })]
      for (const { id } of [ending, going])
        await succeed(h.store.sealedSignIns.put(tenantId, id, signInOf(h)))

      const approved = await succeed(h.store.removalRequests.append(approvalOf(h, going, recordOf(h))))
      await deniedBy(h, ending, recordOf(h))

      expect(approved.state).toBe('approved')
      expect(await succeed(h.store.sealedSignIns.find(tenantId, going.id))).toMatchObject({ _tag: 'Some' })
      expect(await succeed(h.store.sealedSignIns.find(tenantId, ending.id))).toStrictEqual(O.none)
    })

    it('reckons age from the last time that a sign-in was put', async () => {
      const h = await open()
      const [tenantId, requestId] = [h.ids.tenantId(), h.ids.identifiers.requestId()]
      await succeed(h.store.sealedSignIns.put(tenantId, requestId, signInOf(h, 60)))
      await succeed(h.store.sealedSignIns.put(tenantId, requestId, signInOf(h, 0)))

      expect(
        await succeed(h.store.sealedSignIns.eraseKeptBefore(tenantId, addSeconds(h.clock.now(), -30))),
      ).toBe(0)
    })
  })
}

const signInOf = (
  { ids, clock }: StoreHarness,
  ageSeconds = 0,
  sealed = 'c2VhbGVkIHdpdGggYSBrZXk',
): SealedSignIn => ({
  actor: ids.identifiers.actorReference(),
  sealed,
  keptAt: addSeconds(clock.now(), -ageSeconds),
})
