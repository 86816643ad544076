import type { InboundSharedUserProfile, ProfileCondition, TenantId, UserId } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import type { InboundProfiles } from '../ports/inbound-profiles.js'
import type { FreshIds } from './harness.js'
import { elementAt, refuse, succeed, upTo } from './outcomes.js'
import { garbageTokens, pagesOf } from './paging.js'
import { profileOf, type ProfileSeed } from './profiles.js'

/** Profiles under test. */
export interface InboundProfilesHarness {
  readonly ids: FreshIds
  /** Puts profiles in place, all in tenants that were fresh. */
  readonly open: (seed: ProfileSeed) => Promise<{
    readonly inboundProfiles: InboundProfiles
    /** Takes a profile away. */
    readonly vanish: (tenantId: TenantId, userId: UserId) => Promise<void>
  }>
}

/**
 * What the port `InboundProfiles` promises.
 *
 * @param name of the adapter.
 */
export const inboundProfilesContract = (name: string, { ids, open }: InboundProfilesHarness): void => {
  describe(`inbound profiles: ${name}`, () => {
    it('gets a profile, and none that is not there or is another tenant’s', async () => {
      const [tenantId, foreign] = [ids.tenantId(), ids.tenantId()]
      const profile = profileOf(ids)
      const { inboundProfiles } = await open(
        new Map([
          [tenantId, [profile]],
          [foreign, [profileOf(ids)]],
        ]),
      )

      expect(await succeed(inboundProfiles.get(tenantId, profile.userId))).toStrictEqual(O.some(profile))
      expect(await succeed(inboundProfiles.get(foreign, profile.userId))).toStrictEqual(O.none)
      expect(await succeed(inboundProfiles.get(ids.tenantId(), profile.userId))).toStrictEqual(O.none)
      expect(await succeed(inboundProfiles.get(tenantId, ids.userId()))).toStrictEqual(O.none)
    })

    it('keeps the profiles of one person in two tenants apart', async () => {
      const [tenantId, foreign, userId] = [ids.tenantId(), ids.tenantId(), ids.userId()]
      const here = profileOf(ids, { userId, displayName: 'Here' })
      const there = profileOf(ids, { userId, displayName: 'There' })
      const { inboundProfiles, vanish } = await open(
        new Map([
          [tenantId, [here]],
          [foreign, [there]],
        ]),
      )

      await vanish(tenantId, userId)

      expect(await succeed(inboundProfiles.get(tenantId, userId))).toStrictEqual(O.none)
      expect(await succeed(inboundProfiles.get(foreign, userId))).toStrictEqual(O.some(there))
    })

    it.each([1, 2, 3, 6, 7])('lists all of six once, in pages of %i', async size => {
      const tenantId = ids.tenantId()
      const profiles = upTo(6).map(() => profileOf(ids))
      const { inboundProfiles } = await open(
        new Map([
          [tenantId, profiles],
          [ids.tenantId(), [profileOf(ids)]],
        ]),
      )

      const pages = await pagesOf(page => inboundProfiles.list(tenantId, [], page), size)

      expect(byId(pages.flat())).toStrictEqual(byId(profiles))
      expect(pages.every(page => page.length <= size)).toBe(true)
    })

    it('lists nothing of a tenant that has no profiles', async () => {
      const { inboundProfiles } = await open(new Map([[ids.tenantId(), [profileOf(ids)]]]))

      expect(await pagesOf(page => inboundProfiles.list(ids.tenantId(), [], page), 5)).toStrictEqual([[]])
    })

    it('finds by each property, without regard to case', async () => {
      const tenantId = ids.tenantId()
      const wanted = profileOf(ids)
      const { inboundProfiles } = await open(
        new Map([[tenantId, [profileOf(ids), wanted, profileOf(ids), profileOf(ids)]]]),
      )
      const properties: ReadonlyArray<ProfileCondition['property']> = [
        'userId',
        'homeTenantId',
        'userPrincipalName',
      ]

      for (const property of properties) {
        const value = wanted[property] ?? ''
        for (const spelling of [value, value.toUpperCase(), value.toLowerCase()]) {
          const conditions = [{ property, value: spelling }]
          const pages = await pagesOf(page => inboundProfiles.list(tenantId, conditions, page), 2)
          expect(pages.flat()).toStrictEqual([wanted])
        }
      }
    })

    it('finds what all conditions hold for, page by page', async () => {
      const tenantId = ids.tenantId()
      const homeTenantId = ids.tenantId()
      const wanted = upTo(5).map(() => profileOf(ids, { homeTenantId }))
      const others = upTo(5).map(() => profileOf(ids))
      const { inboundProfiles } = await open(new Map([[tenantId, [...wanted, ...others]]]))
      const ofHome: ProfileCondition = { property: 'homeTenantId', value: homeTenantId }
      const ofOther: ProfileCondition = { property: 'userId', value: elementAt(others, 0).userId }
      const ofWanted: ProfileCondition = { property: 'userId', value: elementAt(wanted, 0).userId }

      const list = async (conditions: ReadonlyArray<ProfileCondition>) =>
        (await pagesOf(page => inboundProfiles.list(tenantId, conditions, page), 2)).flat()

      expect(byId(await list([ofHome]))).toStrictEqual(byId(wanted))
      expect(await list([ofHome, ofOther])).toStrictEqual([])
      expect(await list([ofHome, ofWanted])).toStrictEqual([elementAt(wanted, 0)])
    })

    it('takes no part of a value for the whole, and no pattern', async () => {
      const tenantId = ids.tenantId()
      const profile = profileOf(ids, { userPrincipalName: 'bob@fabrikam.example' })
      const { inboundProfiles } = await open(new Map([[tenantId, [profile]]]))

      for (const value of ['bob', 'bob@fabrikam', '%', 'bob@fabrikam.e_ample', '.*', '', "' or ''='"]) {
        const conditions: ReadonlyArray<ProfileCondition> = [{ property: 'userPrincipalName', value }]
        const { items } = await succeed(inboundProfiles.list(tenantId, conditions, { size: 5, after: null }))
        expect(items).toStrictEqual([])
      }
    })

    it('neither repeats nor leaves out any while profiles vanish between the pages', async () => {
      const tenantId = ids.tenantId()
      const profiles = upTo(12).map(() => profileOf(ids))
      const { inboundProfiles, vanish } = await open(new Map([[tenantId, profiles]]))
      const vanishedUnseen: Array<UserId> = []

      const pages = await pagesOf(
        page => inboundProfiles.list(tenantId, [], page),
        3,
        async seen => {
          // The one that the next page starts after, the first of all, and one that is yet to come.
          const coming = profiles.find(({ userId }) => !seen.some(shown => shown.userId === userId))
          for (const gone of [seen.at(-1), seen[0], coming])
            if (gone !== undefined) await vanish(tenantId, gone.userId)
          if (coming !== undefined) vanishedUnseen.push(coming.userId)
        },
      )

      const expected = profiles.filter(({ userId }) => !vanishedUnseen.includes(userId))
      expect(byId(pages.flat())).toStrictEqual(byId(expected))
    })

    it.each(garbageTokens)('refuses the page token %j', async after => {
      const tenantId = ids.tenantId()
      const { inboundProfiles } = await open(new Map([[tenantId, [profileOf(ids), profileOf(ids)]]]))

      const refused = await refuse(inboundProfiles.list(tenantId, [], { size: 1, after }))

      expect(refused).toStrictEqual({ _tag: 'InvalidPageToken' })
    })
  })
}

const byId = (profiles: ReadonlyArray<InboundSharedUserProfile>): ReadonlyArray<InboundSharedUserProfile> =>
  profiles.toSorted((one, other) => (one.userId < other.userId ? -1 : 1))
