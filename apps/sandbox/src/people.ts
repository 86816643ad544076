import { approverRole, directoryRole, permission, personalAccountTenantId } from '@lethe/domain'

/** The tenants of the sandbox that Lethe serves. */
export const contoso = '7b0c2f3e-1a5d-4c8e-9f62-3d4e5a6b7c81'
export const northwind = '2e9d4c1b-6f7a-4b3c-8d5e-9a0b1c2d3e4f'
/** The client id of Lethe's app registration, and so the audience of its tokens. */
export const letheClientId = 'a3d5e7f9-0b2c-4d6e-8f1a-2b3c4d5e6f70'

/** The client id of the command line's registration, a public client. */
export const letheCliClientId = 'b4e6f8a0-1c3d-4e7f-9a2b-3c4d5e6f7081'

const adminPortal = '5c1e8a2d-7b4f-4e9a-b3c6-d8f0a1b2c3d4'

/** Somebody that the identity provider gives tokens to. */
export interface Person {
  readonly tid: string
  /** Claims beside those that every token has. */
  readonly claims: Readonly<Record<string, unknown>>
}

const person = (
  tid: string,
  oid: string,
  name: string,
  userPrincipalName: string,
  claims: Readonly<Record<string, unknown>>,
): Person => ({
  tid,
  claims: {
    oid,
    sub: oid,
    name,
    preferred_username: userPrincipalName,
    azp: adminPortal,
    idtyp: 'user',
    acct: 0,
    ...claims,
  },
})

const scopes = (...names: ReadonlyArray<string>): string => names.join(' ')

/** Everybody in the sandbox, by the name that `POST /sandbox/token` takes. */
export const people: ReadonlyMap<string, Person> = new Map([
  [
    'adele',
    person(contoso, '1f0a6b52-93c7-4d2e-a8b1-6c5d4e3f2a10', 'Adele Vance', 'adele@contoso.example', {
      scp: scopes(permission.readWrite),
      wids: [directoryRole.globalAdministrator],
    }),
  ],
  [
    'megan',
    person(contoso, '2a1b7c63-a4d8-4e3f-b9c2-7d6e5f4a3b21', 'Megan Bowen', 'megan@contoso.example', {
      scp: scopes(permission.approve, permission.read),
      roles: [approverRole],
    }),
  ],
  [
    'isaiah',
    person(contoso, '3b2c8d74-b5e9-4f4a-8ad3-8e7f6a5b4c32', 'Isaiah Langer', 'isaiah@contoso.example', {
      scp: scopes(permission.approve, permission.read),
      roles: [approverRole],
    }),
  ],
  [
    'pradeep',
    person(contoso, '4c3d9e85-c6fa-4a5b-9be4-9f8a7b6c5d43', 'Pradeep Gupta', 'pradeep@contoso.example', {
      scp: scopes(permission.read),
    }),
  ],
  [
    'omar',
    person(northwind, '5d4eaf96-d7ab-4b6c-8cf5-a09b8c7d6e54', 'Omar Bennett', 'omar@northwind.example', {
      scp: scopes(permission.readWrite, permission.approve),
      roles: [approverRole],
      wids: [directoryRole.globalAdministrator],
    }),
  ],
  [
    'daemon',
    {
      tid: contoso,
      claims: {
        oid: '6e5fb0a7-e8bc-4c7d-9da6-b1ac9d8e7f65',
        sub: '6e5fb0a7-e8bc-4c7d-9da6-b1ac9d8e7f65',
        azp: '7f6ac1b8-f9cd-4d8e-aeb7-c2bdae9f8a76',
        idtyp: 'app',
        roles: [permission.readWrite],
      },
    },
  ],
  [
    'personal',
    person(
      personalAccountTenantId,
      '00000000-0000-0000-8a7b-d3cebfa09b87',
      'Pat Doe',
      'pat.doe@outlook.example',
      { scp: scopes(permission.readWrite) },
    ),
  ],
])
