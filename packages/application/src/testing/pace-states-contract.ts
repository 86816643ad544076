import { describe, expect, it } from 'vitest'
import type { PaceState } from '../ports/pace-states.js'
import type { OpenStore, StoreHarness } from './harness.js'
import { elementAt, succeed, upTo } from './outcomes.js'

/**
 * What the port `PaceStates` promises.
 *
 * @param name of the adapter.
 */
export const paceStatesContract = (name: string, open: OpenStore): void => {
  describe(`pace states: ${name}`, () => {
    it('starts with nothing, and gives the next change what the one before left', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const left = { rate: 12.5, at: 1_772_442_000_123.456, below: -1e-9, none: 0 }

      expect(await succeed(h.store.paces.change(tenantId, state => [left, state]))).toBeNull()
      expect(await succeed(h.store.paces.change(tenantId, state => [{}, state]))).toStrictEqual(left)
      expect(await succeed(h.store.paces.change(tenantId, state => [{}, state]))).toStrictEqual({})
    })

    it('shows what the last change left, and the same time', async () => {
      const h = await open()
      const [tenantId, other] = [h.ids.tenantId(), h.ids.tenantId()]
      expect(await succeed(h.store.paces.read(tenantId))).toMatchObject({ state: null })
      const before = await succeed(h.store.paces.change(tenantId, (_, nowMs) => [{ rate: 1 }, nowMs]))

      const { state, nowMs } = await succeed(h.store.paces.read(tenantId))

      expect(state).toStrictEqual({ rate: 1 })
      expect(nowMs).toBeGreaterThanOrEqual(before)
      expect(await succeed(h.store.paces.read(other))).toMatchObject({ state: null })
    })

    it('keeps each tenant apart', async () => {
      const h = await open()
      const [one, other] = [h.ids.tenantId(), h.ids.tenantId()]
      await succeed(h.store.paces.change(one, () => [{ rate: 1 }, null]))

      expect(await succeed(h.store.paces.change(other, state => [{ rate: 2 }, state]))).toBeNull()
      expect(await succeed(h.store.paces.change(one, state => [{ rate: 3 }, state]))).toStrictEqual({
        rate: 1,
      })
    })

    it('loses no change of many at the same time, the first ones included', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const counted = upTo(40).map(async () =>
        succeed(
          h.store.paces.change(tenantId, state => {
            const count = (state?.['count'] ?? 0) + 1
            return [{ count }, count]
          }),
        ),
      )

      expect((await Promise.all(counted)).toSorted((one, next) => one - next)).toStrictEqual(upTo(40))
    })

    it('tells a time that never goes back from one change to the next', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const pairs = await Promise.all(
        upTo(20).map(async () =>
          succeed(
            h.store.paces.change(tenantId, (state, nowMs) => [{ nowMs }, [state?.['nowMs'] ?? 0, nowMs]]),
          ),
        ),
      )

      for (const pair of pairs) expect(elementAt(pair, 1)).toBeGreaterThanOrEqual(elementAt(pair, 0))
      // A time since 1970: after the start of 2020.
      for (const pair of pairs) expect(elementAt(pair, 1)).toBeGreaterThan(1_577_836_800_000)
    })

    it('changes nothing where the change throws, and lets the next one through', async () => {
      const h = await open()
      const [known, fresh] = [h.ids.tenantId(), h.ids.tenantId()]
      await succeed(h.store.paces.change(known, () => [{ rate: 7 }, null]))

      for (const tenantId of [known, fresh])
        await expect(h.store.paces.change(tenantId, failing)()).rejects.toThrow(/fail/)

      expect(await stateOf(h, known)).toStrictEqual({ rate: 7 })
      expect(await stateOf(h, fresh)).toBeNull()
    })

    it.each([Number.NaN, Number.POSITIVE_INFINITY])(
      'keeps no %s, which could not be read again',
      async rate => {
        const h = await open()
        const tenantId = h.ids.tenantId()

        await expect(h.store.paces.change(tenantId, () => [{ rate }, null])()).rejects.toThrow(
          'finite numbers',
        )

        expect(await stateOf(h, tenantId)).toBeNull()
      },
    )
  })
}

const failing = (): never => {
  throw new Error('This change fails')
}

const stateOf = async (
  { store }: StoreHarness,
  tenantId: ReturnType<StoreHarness['ids']['tenantId']>,
): Promise<PaceState | null> => succeed(store.paces.change(tenantId, state => [state ?? {}, state]))
