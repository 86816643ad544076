import { type RemovalRequest, type UserId, verifyChain } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import type { OpenStore, StoreHarness } from './harness.js'
import { historyOf, replayed } from './histories.js'
import { succeed } from './outcomes.js'
import { endedStates, openStates, requestIn, submissionOf, submitted } from './scenarios.js'

/**
 * What the port `Subjects` promises.
 *
 * @param name of the adapter.
 */
export const subjectsContract = (name: string, open: OpenStore): void => {
  describe(`subjects: ${name}`, () => {
    it('resolves commitments, and leaves out unknown ones and those of other tenants', async () => {
      const h = await open()
      const [tenantId, foreign] = [h.ids.tenantId(), h.ids.tenantId()]
      const [userId, another] = [h.ids.userId(), h.ids.userId()]
      const one = await submitted(h, { tenantId, userId })
      const other = await submitted(h, { tenantId, userId: another })
      const elsewhere = await submitted(h, { tenantId: foreign, userId })
      const unknown = submissionOf(h, { tenantId, userId }).subject.commitment

      const found = await succeed(
        h.store.subjects.resolve(tenantId, [one.subject, unknown, other.subject, elsewhere.subject]),
      )

      expect([...found].map(([commitment, person]) => [commitment, person.userId])).toStrictEqual(
        [...found.keys()].map(commitment => [commitment, commitment === one.subject ? userId : another]),
      )
      expect(new Set(found.keys())).toStrictEqual(new Set([one.subject, other.subject]))
      for (const [commitment, { salt, userId: person }] of found)
        expect(h.digest.commitment(salt, tenantId, person)).toBe(commitment)
      expect(await userIdOf(h, { ...one, tenantId: foreign })).toBeUndefined()
    })

    it.each(endedStates)('erases a subject in a request that is %s', async state => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
      const request = await requestIn(h, state, { tenantId, userId })

      expect(await succeed(h.store.subjects.erase(tenantId, userId))).toStrictEqual({ erased: 1, kept: 0 })
      expect(await userIdOf(h, request)).toBeUndefined()
      expect(await countOf(h, request, userId)).toBe(0)
    })

    it.each(openStates)('keeps a subject in a request that is %s', async state => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
      const request = await requestIn(h, state, { tenantId, userId })

      expect(await succeed(h.store.subjects.erase(tenantId, userId))).toStrictEqual({ erased: 0, kept: 1 })
      expect(await userIdOf(h, request)).toBe(userId)
      expect(await countOf(h, request, userId)).toBe(1)
      const again = await succeed(h.store.removalRequests.submit(submissionOf(h, { tenantId, userId })))
      expect(again).toStrictEqual({ joined: true, request })
    })

    it('erases all ended requests about somebody at once, and nothing the second time', async () => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
      await requestIn(h, 'denied', { tenantId, userId })
      await requestIn(h, 'completed', { tenantId, userId })
      const kept = await requestIn(h, 'removing', { tenantId, userId })

      expect(await succeed(h.store.subjects.erase(tenantId, userId))).toStrictEqual({ erased: 2, kept: 1 })
      expect(await succeed(h.store.subjects.erase(tenantId, userId))).toStrictEqual({ erased: 0, kept: 1 })
      expect(await countOf(h, kept, userId)).toBe(1)
    })

    it('leaves the requests and their histories as they are, and whole', async () => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
      const request = await requestIn(h, 'completed', { tenantId, userId })
      const before = await historyOf(h, request)

      await succeed(h.store.subjects.erase(tenantId, userId))

      const after = await historyOf(h, request)
      expect(after).toStrictEqual(before)
      expect(
        verifyChain(h.digest.envelope)({ tenantId, requestId: request.id }, after.head, after.events),
      ).toStrictEqual(E.right(before.head))
      expect(replayed(after)).toStrictEqual(request)
      expect(await succeed(h.store.removalRequests.load(tenantId, request.id))).toStrictEqual(O.some(request))
    })

    it('erases nobody else, and nobody elsewhere', async () => {
      const h = await open()
      const [tenantId, foreign] = [h.ids.tenantId(), h.ids.tenantId()]
      const [userId, another] = [h.ids.userId(), h.ids.userId()]
      await requestIn(h, 'denied', { tenantId, userId })
      const other = await requestIn(h, 'denied', { tenantId, userId: another })
      const elsewhere = await requestIn(h, 'denied', { tenantId: foreign, userId })

      await succeed(h.store.subjects.erase(tenantId, userId))

      expect(await userIdOf(h, other)).toBe(another)
      expect(await userIdOf(h, elsewhere)).toBe(userId)
    })

    it('makes room for a new request about the same person', async () => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
      await requestIn(h, 'completed', { tenantId, userId })
      await succeed(h.store.subjects.erase(tenantId, userId))

      const second = await submitted(h, { tenantId, userId })

      expect(await userIdOf(h, second)).toBe(userId)
      expect(await countOf(h, second, userId)).toBe(1)
    })
  })
}

const userIdOf = async ({ store }: StoreHarness, { tenantId, subject }: RemovalRequest) =>
  (await succeed(store.subjects.resolve(tenantId, [subject]))).get(subject)?.userId

/** How many requests are found about somebody. */
const countOf = async (
  { store }: StoreHarness,
  { tenantId }: RemovalRequest,
  userId: UserId,
): Promise<number> =>
  (await succeed(store.removalRequests.list(tenantId, { userId }, { size: 50, after: null }))).items.length
