import type { Clock } from '@lethe/application'
import type { InboundSharedUserProfile, RemovalState, UserId } from '@lethe/domain'
import { isInboundTo } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { GraphTenant } from '../graph/open-tenant.js'
import { readProfile } from '../graph/profiles.js'
import type { OpenHistory } from '../history/open-history.js'
import type { GraphRefusal, HistoryRefusal } from '../refusal.js'
import { type OpenRemoval, openRemovalOf } from './recorded-removals.js'

export interface RemovalDeps {
  readonly tenant: GraphTenant
  readonly history: OpenHistory
  readonly clock: Clock
}

/** A removal about which everything is known but whether the operator wants it. */
export interface PreparedRemoval {
  readonly userId: UserId
  /** Null where it is gone already: then there is an open removal to complete. */
  readonly profile: InboundSharedUserProfile | null
  /** The removal that was begun before and has not ended. */
  readonly open: OpenRemoval | null
}

/** In which state a removal that was begun before is; null where there is none. */
export const stateBefore = ({ open }: PreparedRemoval): RemovalState | null => open?.request.state ?? null

/**
 * Looks at the history and at the profile. Nothing is changed.
 *
 * @returns `GraphProfileNotFound` where there is neither a profile nor an open removal; `GraphProfileNotInbound` where the
 * person's home is this tenant.
 */
export const prepareRemoval = async (
  { tenant, history }: RemovalDeps,
  userId: UserId,
): Promise<E.Either<GraphRefusal | HistoryRefusal, PreparedRemoval>> => {
  const open = await openRemovalOf(history.place, history.lines, tenant.tenantId, userId)
  if (E.isLeft(open)) return open
  const found = await readProfile(tenant)(userId)()
  if (E.isLeft(found)) return found
  const profile = O.toNullable(found.right)
  if (profile === null && open.right === null) return E.left({ _tag: 'GraphProfileNotFound' })
  return profile !== null && !isInboundTo(tenant.tenantId, profile)
    ? E.left({ _tag: 'GraphProfileNotInbound' })
    : E.right({ userId, profile, open: open.right })
}
