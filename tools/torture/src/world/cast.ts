import { TenantId, UserId } from '@lethe/domain'
import { made } from '../made.js'

/** Two resource tenants, and where their guests are at home. */
export const tenants: ReadonlyArray<TenantId> = [
  made(TenantId, '11111111-1111-4111-8111-111111111111'),
  made(TenantId, '22222222-2222-4222-8222-222222222222'),
]
export const homeTenant = made(TenantId, '486fb458-9474-4c44-896b-b30942d055f0')

const readAll = 'CrossTenantUserProfileSharing.Read.All'
const readWriteAll = 'CrossTenantUserProfileSharing.ReadWrite.All'
const approveAll = 'PersonalDataRemoval.Approve.All'
const approver = ['PersonalDataRemoval.Approver']

/** Somebody who calls, in each of the tenants. */
export interface Person {
  readonly name: 'adele' | 'alma' | 'megan' | 'isaiah'
  readonly userId: UserId
  readonly claims: Readonly<Record<string, unknown>>
}

const person = (
  name: Person['name'],
  digit: string,
  scopes: string,
  roles: ReadonlyArray<string>,
): Person => ({
  name,
  userId: made(UserId, `0000000${digit}-0000-4000-8000-00000000000${digit}`),
  claims: { scp: scopes, roles },
})

export const adele = person('adele', '1', readWriteAll, [])
/** May ask and approve, and tries to do both for the same person. */
export const alma = person('alma', '2', `${readWriteAll} ${approveAll}`, approver)
export const megan = person('megan', '3', `${approveAll} ${readAll}`, approver)
export const isaiah = person('isaiah', '4', `${approveAll} ${readAll}`, approver)
export const people: ReadonlyArray<Person> = [adele, alma, megan, isaiah]
