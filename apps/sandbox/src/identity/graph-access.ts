import { directoryRole, permission } from '@lethe/domain'
import { contoso, northwind } from '../people.js'

/** The audience of tokens for Microsoft Graph: its client id, the same in every tenant. */
export const graphAudience = '00000003-0000-0000-c000-000000000000'
/** The same as a URI: the prefix of its scopes. */
export const graphResource = 'https://graph.microsoft.com'

/** What Lethe may do at Graph on somebody's behalf. */
export interface GraphAccess {
  readonly scopes: ReadonlyArray<string>
  /** Template ids of directory roles. */
  readonly directoryRoles: ReadonlyArray<string>
}

const administrator: GraphAccess = {
  scopes: [permission.readWrite],
  directoryRoles: [directoryRole.globalAdministrator],
}

const accesses: ReadonlyMap<string, GraphAccess> = new Map([
  ['adele', administrator],
  // Graph asks for the role, too, of whoever removes by a delegated permission.
  ['megan', administrator],
  ['isaiah', administrator],
  ['pradeep', { scopes: [permission.read], directoryRoles: [] }],
  ['omar', administrator],
])

/** What a person has consented to; nothing for most. */
export const graphAccessOf = (person: string): GraphAccess =>
  accesses.get(person) ?? { scopes: [], directoryRoles: [] }

/** What an administrator has let Lethe do by itself. */
export const applicationPermissions: ReadonlyArray<string> = [permission.readWrite, permission.read]

/** Lethe's own object in each tenant: the `oid` of its tokens. */
export const servicePrincipals: ReadonlyMap<string, string> = new Map([
  [contoso, '8a7bd2c9-0ade-4e9f-bfc8-d3cebfa09b98'],
  [northwind, '9b8ce3da-1bef-4fa0-8ad9-e4dfc0b1aca9'],
])
