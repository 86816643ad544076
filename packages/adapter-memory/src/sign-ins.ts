import type { SealedSignIn, SealedSignIns } from '@lethe/application'
import type { RemovalRequestId, TenantId } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'

/** Sealed sign-ins, in memory. */
export interface InMemorySignIns {
  readonly port: SealedSignIns
  /** Erases one at once, within the step that ends its request. */
  readonly delete: (tenantId: TenantId, requestId: RemovalRequestId) => void
}

export const inMemorySignIns = (): InMemorySignIns => {
  const tenants = new Map<TenantId, Map<RemovalRequestId, SealedSignIn>>()
  const of = (tenantId: TenantId): Map<RemovalRequestId, SealedSignIn> => {
    const known = tenants.get(tenantId) ?? new Map<RemovalRequestId, SealedSignIn>()
    tenants.set(tenantId, known)
    return known
  }
  return {
    port: {
      put: (tenantId, requestId, signIn) =>
        TE.fromIO(() => {
          of(tenantId).set(requestId, signIn)
        }),
      find: (tenantId, requestId) => TE.fromIO(() => O.fromNullable(of(tenantId).get(requestId))),
      erase: (tenantId, requestId) =>
        TE.fromIO(() => {
          of(tenantId).delete(requestId)
        }),
      eraseKeptBefore: (tenantId, before) =>
        TE.fromIO(() => {
          const kept = of(tenantId)
          const old = [...kept].filter(([, { keptAt }]) => keptAt < before)
          for (const [requestId] of old) kept.delete(requestId)
          return old.length
        }),
    },
    delete: (tenantId, requestId) => {
      of(tenantId).delete(requestId)
    },
  }
}
