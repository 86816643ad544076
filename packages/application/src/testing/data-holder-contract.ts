import type { TenantId, UserId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { DataHolder } from '../ports/data-holders.js'
import type { FreshIds } from './harness.js'
import { succeed, upTo } from './outcomes.js'
import { profileOf, type ProfileSeed } from './profiles.js'

/** A data holder under test. */
export interface DataHolderHarness {
  readonly ids: FreshIds
  /** Lets the holder have something of each of these people, all in tenants that were fresh. */
  readonly open: (seed: ProfileSeed) => Promise<DataHolder>
}

/**
 * What the port `DataHolder` promises of a holder that can be read back.
 *
 * @param name of the adapter.
 */
export const dataHolderContract = (name: string, { ids, open }: DataHolderHarness): void => {
  const remove = async (holder: DataHolder, tenantId: TenantId, userId: UserId) =>
    succeed(holder.remove({ tenantId, requestId: ids.identifiers.requestId(), userId, onBehalfOf: null }))

  describe(`data holder: ${name}`, () => {
    it('removes what it has of a person, and reads back that it is gone', async () => {
      const tenantId = ids.tenantId()
      const { userId, ...rest } = profileOf(ids)
      const holder = await open(new Map([[tenantId, [{ userId, ...rest }]]]))
      expect(await succeed(holder.readBack(tenantId, userId))).toBe('present')

      expect(await remove(holder, tenantId, userId)).toBe('removed')

      expect(await succeed(holder.readBack(tenantId, userId))).toBe('absent')
    })

    it('bears repetition: what is gone is absent', async () => {
      const tenantId = ids.tenantId()
      const profile = profileOf(ids)
      const holder = await open(new Map([[tenantId, [profile]]]))
      await remove(holder, tenantId, profile.userId)

      expect(await remove(holder, tenantId, profile.userId)).toBe('absent')
      expect(await succeed(holder.readBack(tenantId, profile.userId))).toBe('absent')
    })

    it('says absent of a person and of a tenant that it never knew', async () => {
      const tenantId = ids.tenantId()
      const holder = await open(new Map([[tenantId, [profileOf(ids)]]]))

      for (const somewhere of [tenantId, ids.tenantId()]) {
        const userId = ids.userId()
        expect(await succeed(holder.readBack(somewhere, userId))).toBe('absent')
        expect(await remove(holder, somewhere, userId)).toBe('absent')
      }
    })

    it('touches nobody else, and not the same person in another tenant', async () => {
      const [tenantId, foreign] = [ids.tenantId(), ids.tenantId()]
      const [profile, neighbour] = [profileOf(ids), profileOf(ids)]
      const holder = await open(
        new Map([
          [tenantId, [profile, neighbour]],
          [foreign, [profile]],
        ]),
      )

      await remove(holder, tenantId, profile.userId)

      expect(await succeed(holder.readBack(tenantId, neighbour.userId))).toBe('present')
      expect(await succeed(holder.readBack(foreign, profile.userId))).toBe('present')
    })

    it('has removed in the end, however many ask at once', async () => {
      const tenantId = ids.tenantId()
      const profile = profileOf(ids)
      const holder = await open(new Map([[tenantId, [profile]]]))

      const answers = await Promise.all(upTo(5).map(async () => remove(holder, tenantId, profile.userId)))

      expect(answers).toContain('removed')
      expect(await succeed(holder.readBack(tenantId, profile.userId))).toBe('absent')
    })
  })
}
