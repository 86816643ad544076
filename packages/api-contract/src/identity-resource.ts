import { AppId, ContractName, TenantId, UserId } from '@lethe/domain'
import * as t from 'io-ts'
import { openWord } from './open-word.js'

/** Who the caller is to Lethe, and what they may do there. */
export const IdentityResource = t.strict(
  {
    kind: openWord(t.keyof({ workAccount: null, personalAccount: null, application: null })),
    tenantId: t.union([TenantId, t.null]),
    userId: t.union([UserId, t.null]),
    appId: t.union([AppId, t.null]),
    guest: t.boolean,
    /** The published contract that this server serves. */
    contract: openWord(ContractName),
    /** What the caller may do, such as `submit` and `approve`. */
    operations: t.readonlyArray(t.string),
  },
  'Identity',
)
export type IdentityResource = t.TypeOf<typeof IdentityResource>
