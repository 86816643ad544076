import { contoso, northwind } from './places.js'

export type Claims = Readonly<Record<string, unknown>>

const readAll = 'CrossTenantUserProfileSharing.Read.All'
const readWriteAll = 'CrossTenantUserProfileSharing.ReadWrite.All'
const approveAll = 'PersonalDataRemoval.Approve.All'
const approver = 'PersonalDataRemoval.Approver'
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'
const globalReader = 'f2ef992c-3afb-46b9-b7cf-a126ee74c451'

const person = (digit: string, alias: string, claims: Claims, tid: string = contoso): Claims => ({
  tid,
  oid: `0000000${digit}-0000-4000-8000-00000000000${digit}`,
  azp: 'abababab-0000-4000-8000-000000000001',
  idtyp: 'user',
  name: `Name of ${alias}`,
  preferred_username: `${alias}@tokens.example`,
  ...claims,
})

const application = (digit: string, roles: ReadonlyArray<string>): Claims => ({
  tid: contoso,
  oid: `cdcdcdcd-0000-4000-8000-00000000000${digit}`,
  azp: `efefefef-0000-4000-8000-00000000000${digit}`,
  idtyp: 'app',
  roles,
})

/** Everybody who calls, with the claims that tell them apart. */
export const people = {
  adele: person('1', 'adele', { scp: readWriteAll, wids: [globalAdministrator] }),
  adeleWithoutRole: person('2', 'adele2', { scp: readWriteAll, wids: [globalReader] }),
  /** Asks for what others are to decide. */
  lena: person('3', 'lena', { scp: `openid ${readWriteAll}`, wids: [globalAdministrator] }),
  megan: person('4', 'megan', { scp: `${approveAll} ${readAll}`, roles: [approver] }),
  isaiah: person('5', 'isaiah', { scp: `${approveAll} ${readAll}`, roles: [approver] }),
  guestApprover: person('6', 'grady', { scp: `${approveAll} ${readAll}`, roles: [approver], acct: 1 }),
  /** May decide, and has no permission beside. */
  olga: person('0', 'olga', { scp: approveAll, roles: [approver] }),
  /** An agent's own user account, with all that an approver has. */
  agentApprover: person('f', 'aggie', {
    scp: `${approveAll} ${readAll}`,
    roles: [approver],
    xms_act_fct: '3 9 11',
    xms_sub_fct: '3 13',
  }),
  scopeOnly: person('7', 'sam', { scp: approveAll }),
  roleOnly: person('8', 'rory', { scp: 'User.Read', roles: [approver] }),
  pradeep: person('9', 'pradeep', { scp: readAll }),
  appReadWrite: application('1', [readWriteAll]),
  appRead: application('2', [readAll]),
  personal: person(
    'a',
    'pat',
    { scp: `${readWriteAll} ${approveAll}`, roles: [approver], wids: [globalAdministrator] },
    '9188040d-6c67-4c5b-b112-36a304b66dad',
  ),
  /** Permissions that only start like the right ones, or are only the start of them. */
  prefixOnly: person('b', 'prefix', {
    scp: `${readWriteAll}.Extra CrossTenantUserProfileSharing.ReadWrite CrossTenantUserProfileSharing.Read ${approveAll}s`,
    roles: [`${approver}s`],
    wids: [globalAdministrator],
  }),
  /** What makes an application powerful gives a person nothing. */
  appRolesOfUser: person('c', 'uma', {
    scp: 'User.Read',
    roles: [readWriteAll, readAll],
    wids: [globalAdministrator],
  }),
  /** May do everything in Contoso: asks, and decides on what others asked. */
  allPowerful: person('d', 'alma', {
    scp: `${readWriteAll} ${approveAll}`,
    roles: [approver],
    wids: [globalAdministrator],
  }),
  /** May do everything in Northwind. */
  omar: person(
    'e',
    'omar',
    { scp: `${readWriteAll} ${approveAll}`, roles: [approver], wids: [globalAdministrator] },
    northwind,
  ),
} satisfies Record<string, Claims>

export type PersonName = keyof typeof people

/** The object id of somebody who calls. */
export const oidOf = (name: PersonName): string => String(people[name]['oid'])
