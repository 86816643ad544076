import type { DataHolder, InboundProfiles, InvalidPageToken, Page } from '@lethe/application'
import {
  type HolderName,
  type InboundSharedUserProfile,
  meetsConditions,
  type ProfileCondition,
  type TenantId,
  UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'

/** The inbound shared user profiles of a resource tenant, and the holder that removes them. */
export interface ResourceTenantData {
  readonly inboundProfiles: InboundProfiles
  readonly holder: DataHolder
}

/**
 * Profiles in memory. The holder really deletes: what it removed is gone from the profiles too.
 *
 * @param holderName how the holder is called in plans and histories.
 * @param seed the profiles of each tenant.
 */
export const inMemoryProfiles = (
  holderName: HolderName,
  seed: ReadonlyMap<TenantId, ReadonlyArray<InboundSharedUserProfile>>,
): ResourceTenantData => {
  const tenants = new Map<TenantId, Map<UserId, InboundSharedUserProfile>>(
    [...seed].map(([tenantId, profiles]) => [
      tenantId,
      new Map([...profiles].toSorted(byUserId).map(profile => [profile.userId, profile])),
    ]),
  )
  const profilesOf = (tenantId: TenantId): ReadonlyMap<UserId, InboundSharedUserProfile> =>
    tenants.get(tenantId) ?? new Map()

  return {
    inboundProfiles: {
      get: (tenantId, userId) => TE.fromIO(() => O.fromNullable(profilesOf(tenantId).get(userId))),
      list: (tenantId, conditions, page) =>
        TE.fromIOEither(() => pageOf([...profilesOf(tenantId).values()], conditions, page)),
    },
    holder: {
      name: holderName,
      remove: ({ tenantId, userId }) =>
        TE.fromIO(() => (tenants.get(tenantId)?.delete(userId) === true ? 'removed' : 'absent')),
      readBack: (tenantId, userId) =>
        TE.fromIO(() => (profilesOf(tenantId).has(userId) ? 'present' : 'absent')),
    },
  }
}

const byUserId = (one: InboundSharedUserProfile, other: InboundSharedUserProfile): number =>
  one.userId < other.userId ? -1 : 1

/** In the order of user ids; the token is the last id of the page before, so that removals in between do no harm. */
const pageOf = (
  sorted: ReadonlyArray<InboundSharedUserProfile>,
  conditions: ReadonlyArray<ProfileCondition>,
  { size, after }: { readonly size: number; readonly after: string | null },
): E.Either<InvalidPageToken, Page<InboundSharedUserProfile>> => {
  const last = after === null ? null : UserId.decode(after)
  if (last !== null && E.isLeft(last)) return E.left({ _tag: 'InvalidPageToken' })
  const meets = meetsConditions(conditions)
  const rest = sorted.filter(profile => (last === null || profile.userId > last.right) && meets(profile))
  const items = rest.slice(0, size)
  return E.right({ items, next: rest.length > size ? (items.at(-1)?.userId ?? null) : null })
}
