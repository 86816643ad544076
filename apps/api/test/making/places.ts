import { type InboundSharedUserProfile, TenantId, UserId } from '@lethe/domain'
import type { Profiles } from '../../src/memory-data-plane.js'
import { decoded } from './decoded.js'

const tenantId = decoded(TenantId)
const userId = decoded(UserId)

/** Two resource tenants, and a home tenant of their guests. */
export const contoso = tenantId('11111111-1111-4111-8111-111111111111')
export const northwind = tenantId('22222222-2222-4222-8222-222222222222')
export const fabrikam = tenantId('486fb458-9474-4c44-896b-b30942d055f0')

const profile = (
  id: string,
  alias: string,
  displayName: string,
  homeTenantId: TenantId,
): InboundSharedUserProfile => ({
  userId: userId(id),
  userPrincipalName: `${alias}@fabrikam.example`,
  displayName,
  homeTenantId,
})

/** Contoso's profiles. */
export const bob = profile('c228b2ae-c4fb-4eda-9620-7e73dddd1cac', 'bob', 'Bob Moreno', fabrikam)
export const carol = profile('d339c3bf-d50c-4feb-a731-8f84eeee2dbd', 'carol', 'Carol Petrova', fabrikam)
export const dave = profile('e44ad4c0-e61d-40fc-b842-9095ffff3ece', 'dave', 'Dave Quist', fabrikam)
/** Its home is Contoso itself: it is not inbound there. */
export const insider = profile('f55be5d1-f72e-410d-8953-a1a600004fdf', 'ian', 'Ian Sider', contoso)
/** Northwind's profile. */
export const nora = profile('066cf6e2-083f-421e-9a64-b2b7111150e0', 'nora', 'Nora Rand', fabrikam)

/** The id of nobody. */
export const nobody = '99999999-9999-4999-8999-999999999999'

/** 0 to `count` - 1. */
export const upTo = (count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, index) => index)

/** `count` more profiles of Contoso. */
export const crowd = (count: number): ReadonlyArray<InboundSharedUserProfile> =>
  upTo(count).map(index =>
    profile(
      `aaaaaaaa-0000-4000-8000-${String(index).padStart(12, '0')}`,
      `crowd${index}`,
      `One of ${index}`,
      fabrikam,
    ),
  )

/** The profiles that a world of the tests starts with. */
export const usualProfiles: Profiles = new Map([
  [contoso, [bob, carol, dave, insider]],
  [northwind, [nora]],
])
