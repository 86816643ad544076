import { type InboundSharedUserProfile, TenantId, UserId } from '@lethe/domain'
import type { Profiles } from '@lethe/api'
import { contoso } from '@lethe/sandbox'
import { decoded } from './decoded.js'

export const fabrikam = decoded(TenantId)('486fb458-9474-4c44-896b-b30942d055f0')

const profile = (userId: string, alias: string, displayName: string): InboundSharedUserProfile => ({
  userId: decoded(UserId)(userId),
  userPrincipalName: `${alias}@fabrikam.example`,
  displayName,
  homeTenantId: fabrikam,
})

export const bob = profile('c228b2ae-c4fb-4eda-9620-7e73dddd1cac', 'bob', 'Bob Moreno')

/** The id of nobody. */
export const nobody = '99999999-9999-4999-8999-999999999999'

/** More than fit on the pages that the tests ask for. */
export const everybody: ReadonlyArray<InboundSharedUserProfile> = [
  bob,
  ...Array.from({ length: 24 }, (_, index) =>
    profile(
      `aaaaaaaa-0000-4000-8000-${String(index).padStart(12, '0')}`,
      `crowd${index}`,
      `One of the crowd, ${index}`,
    ),
  ),
]

export const profiles: Profiles = new Map([[decoded(TenantId)(contoso), everybody]])
