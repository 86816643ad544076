import * as E from 'fp-ts/lib/Either.js'
import type { Caller, TenantCaller } from './caller.js'
import type { TenantId } from './identifiers.js'

/** The caller belongs to no tenant whose data could be meant. */
export interface NoResourceTenant {
  readonly _tag: 'NoResourceTenant'
}

/**
 * The resource tenant of a call. It is inferred from the caller and from nothing else: no header, path, query or
 * body can name another (removePersonalData, "resource tenant ID is inferred from the caller identity").
 *
 * @returns the tenant and the caller as one of its own; `NoResourceTenant` for a personal account.
 */
export const inferResourceTenant = (
  caller: Caller,
): E.Either<NoResourceTenant, { readonly tenantId: TenantId; readonly caller: TenantCaller }> => {
  switch (caller.kind) {
    case 'workAccount':
    case 'application':
      return E.right({ tenantId: caller.tenantId, caller })
    case 'personalAccount':
      return E.left({ _tag: 'NoResourceTenant' })
  }
}
