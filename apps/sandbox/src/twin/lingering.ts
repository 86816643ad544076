import type { DataPlane } from '@lethe/api'
import type { TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { RemovalEffects } from './removal-effects.js'

/** Somebody who is removed and still shows. */
interface Leaving {
  readonly until: number
  readonly leave: () => Promise<unknown>
}

/** A data plane in which what is removed may still be read for a while, as on a real Graph. */
export const lingering = (
  plane: DataPlane,
  { staysForSeconds, clock }: Pick<RemovalEffects, 'staysForSeconds' | 'clock'>,
): DataPlane => {
  const leaving = new Map<string, Leaving>()
  const keyOf = (tenantId: TenantId, userId: UserId): string => `${tenantId} ${userId}`

  const leaveWhoIsDue = TE.fromTask(async () => {
    for (const [key, { until, leave }] of leaving)
      if (until <= clock()) {
        await leave()
        leaving.delete(key)
      }
  })

  return {
    inboundProfiles: {
      get: (tenantId, userId) =>
        pipe(
          leaveWhoIsDue,
          TE.flatMap(() => plane.inboundProfiles.get(tenantId, userId)),
        ),
      list: (tenantId, conditions, page) =>
        pipe(
          leaveWhoIsDue,
          TE.flatMap(() => plane.inboundProfiles.list(tenantId, conditions, page)),
        ),
    },
    dataHolders: {
      of: tenantId =>
        plane.dataHolders.of(tenantId).map(holder => ({
          ...holder,
          remove: removal => async () => {
            const key = keyOf(removal.tenantId, removal.userId)
            const seconds = staysForSeconds(removal.tenantId)
            if (leaving.has(key)) return E.right('absent')
            if (seconds === 0) return holder.remove(removal)()
            const there = await holder.readBack(removal.tenantId, removal.userId)()
            if (E.isLeft(there)) return there
            if (there.right === 'absent' || leaving.has(key)) return E.right('absent')
            leaving.set(key, { until: clock() + seconds * 1000, leave: holder.remove(removal) })
            return E.right('removed')
          },
          readBack: (tenant, userId) =>
            leaving.has(keyOf(tenant, userId)) ? TE.right('absent') : holder.readBack(tenant, userId),
        })),
    },
  }
}
