import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callerFromClaims } from '../src/index.js'
import { contoso } from './making/people-and-places.js'

const oid = 'e0000000-0000-4000-8000-000000000001'
const client = 'b0000000-0000-4000-8000-000000000001'
const personalTenant = '9188040d-6c67-4c5b-b112-36a304b66dad'
const issuer = `https://sts.windows.net/${contoso}/`

/** What a v1 token of anybody has; each row of a table adds to it, or takes away with undefined. */
const claimed = (given: Record<string, unknown>) => ({
  tid: contoso,
  oid,
  appid: client,
  iss: issuer,
  ...given,
})

const kindOf = (claims: unknown): string => {
  const caller = callerFromClaims(claims)
  return E.isLeft(caller) ? caller.left._tag : caller.right.kind
}

describe('delegated or application', () => {
  test.each([
    ['workAccount', { idtyp: 'user' }],
    ['workAccount', { idtyp: 'user', roles: ['A'] }],
    ['workAccount', { idtyp: 'user', scp: 'a', roles: ['A'] }],
    ['application', { idtyp: 'app' }],
    ['application', { idtyp: 'app', roles: ['A'] }],
    ['application', { idtyp: 'app', scp: 'a' }],
    ['workAccount', { scp: 'a' }],
    ['workAccount', { scp: 'a', roles: ['A'] }],
    ['application', { roles: ['A'] }],
    ['CallerUnrecognised', {}],
    ['CallerUnrecognised', { roles: [] }],
    ['CallerUnrecognised', { scp: '' }],
    ['CallerUnrecognised', { scp: '  ' }],
    ['CallerUnrecognised', { idtyp: 'something' }],
    ['workAccount', { idtyp: 'something', scp: 'a' }],
    ['application', { idtyp: 'something', roles: ['A'] }],
  ])('%s from %j', (kind, claims) => {
    expect(kindOf(claimed(claims))).toBe(kind)
  })
})

describe('a work account', () => {
  const work = (given: Record<string, unknown>) => callerFromClaims(claimed({ scp: 'a', ...given }))

  test('is all that a v1 token says', () => {
    expect(work({ scp: 'one  two ', roles: ['R'], wids: ['ABC-D'] })).toEqual(
      E.right({
        kind: 'workAccount',
        tenantId: contoso,
        userId: oid,
        appId: client,
        scopes: ['one', 'two'],
        appRoles: ['R'],
        directoryRoles: ['abc-d'],
        guest: false,
        agent: false,
      }),
    )
  })

  test('has its client in azp in a v2 token, and may have none', () => {
    expect(work({ appid: undefined, azp: client })).toMatchObject({ right: { appId: client } })
    expect(work({ appid: undefined })).toMatchObject({ right: { appId: null } })
  })

  test('has its ids in lower case, however the token spells them', () => {
    expect(work({ tid: contoso.toUpperCase(), oid: oid.toUpperCase() })).toMatchObject({
      right: { tenantId: contoso, userId: oid },
    })
  })

  test('is nobody without an oid: not sub, not an e-mail address', () => {
    const claims = claimed({ scp: 'a', oid: undefined, sub: oid, email: 'a@b.example', upn: 'a@b.example' })
    expect(kindOf(claims)).toBe('CallerUnrecognised')
  })

  test('keeps nothing of the claims that it has no use for', () => {
    const caller = work({ name: 'Adele Vance', email: 'adele@contoso.example', preferred_username: 'adele' })
    expect(JSON.stringify(caller)).toMatch(/^(?!.*adele).*workAccount/i)
  })
})

describe('a guest', () => {
  const home = 'abcdefab-1111-4111-8111-111111111111'
  const elsewhere = 'abcdefab-2222-4222-8222-222222222222'

  test.each([
    [false, {}],
    [false, { acct: 0 }],
    [false, { acct: '0' }],
    [true, { acct: 1 }],
    [true, { acct: '1' }],
    [true, { acct: 1, idp: issuer }],
    [true, { acct: '1', idp: issuer }],
    [true, { acct: 2 }],
    [true, { acct: '' }],
  ])('is %s for %j', (guest, claims) => {
    expect(callerFromClaims(claimed({ scp: 'a', ...claims }))).toMatchObject({ right: { guest } })
  })

  const spellings = (tenant: string) => [
    `https://sts.windows.net/${tenant}/`,
    `https://sts.windows.net/${tenant}`,
    `https://login.microsoftonline.com/${tenant}/v2.0`,
    `https://login.microsoftonline.com/${tenant}/v2.0/`,
    `https://login.microsoftonline.com/${tenant}/`,
    `https://sts.chinacloudapi.cn/${tenant}/`,
    `https://${tenant}.ciamlogin.com/${tenant}/v2.0`,
    `https://sts.windows.net/${tenant.toUpperCase()}/`,
    `HTTPS://LOGIN.MICROSOFTONLINE.COM/${tenant.toUpperCase()}/V2.0`,
  ]
  const issuers = [
    `https://sts.windows.net/${home}/`,
    `https://login.microsoftonline.com/${home}/v2.0`,
    undefined,
  ]
  const claimedAtHome = (claims: Record<string, unknown>) => claimed({ scp: 'a', tid: home, ...claims })

  test.each(spellings(home))('is not who comes from the token’s own tenant, %s', idp => {
    for (const iss of issuers)
      expect(callerFromClaims(claimedAtHome({ iss, idp }))).toMatchObject({ right: { guest: false } })
  })

  test.each([
    ...spellings(elsewhere),
    'mail',
    'google.com',
    'https://idp.fabrikam.example/saml',
    home,
    `https://sts.windows.net/${home}/more`,
    `https://sts.windows.net/${elsewhere}/${home}/`,
    `https://sts.windows.net/x${home}/`,
    `https://sts.windows.net/?${home}/`,
    '',
  ])('is who comes from elsewhere, %s, unless acct says that it is a member', idp => {
    for (const iss of issuers) {
      expect(callerFromClaims(claimedAtHome({ iss, idp }))).toMatchObject({ right: { guest: true } })
      for (const acct of [0, '0'])
        expect(callerFromClaims(claimedAtHome({ iss, idp, acct }))).toMatchObject({
          right: { guest: false },
        })
    }
  })
})

describe('an agent', () => {
  test.each([
    [false, {}],
    [false, { xms_act_fct: '3 9', xms_sub_fct: '3 2' }],
    [false, { xms_act_fct: '111 113', xms_sub_fct: '1 3' }],
    [false, { xms_act_fct: '', xms_sub_fct: '' }],
    [false, { xms_tnt_fct: '3 11' }],
    // Its user account, as Microsoft documents it.
    [true, { xms_act_fct: '3 9 11', xms_sub_fct: '13 3' }],
    [true, { xms_sub_fct: '13' }],
    [true, { xms_sub_fct: 13 }],
    // On behalf of a person.
    [true, { xms_act_fct: '11 9 3', xms_sub_fct: '2 3' }],
    [true, { xms_act_fct: 11 }],
    [true, { xms_sub_fct: '11' }],
    [true, { xms_act_fct: '13' }],
  ])('is %s for %j', (agent, claims) => {
    expect(callerFromClaims(claimed({ scp: 'a', idtyp: 'user', ...claims }))).toMatchObject({
      right: { agent },
    })
  })
})

describe('a personal account', () => {
  test.each([
    ['personalAccount', { tid: personalTenant }],
    ['personalAccount', { tid: personalTenant.toUpperCase() }],
    ['personalAccount', { tid: personalTenant, idtyp: 'user' }],
    ['personalAccount', { tid: personalTenant, oid: undefined }],
    ['personalAccount', { idp: 'live.com' }],
    ['personalAccount', { idp: `https://sts.windows.net/${personalTenant}/` }],
    ['personalAccount', { idp: `https://sts.windows.net/${personalTenant.toUpperCase()}/` }],
    ['personalAccount', { idp: `https://login.microsoftonline.com/${personalTenant}/v2.0` }],
    ['personalAccount', { idp: 'live.com', acct: 0 }],
    ['workAccount', { idp: 'notlive.com' }],
    ['workAccount', { idp: 'google.com' }],
  ])('%s from %j', (kind, claims) => {
    expect(kindOf(claimed({ scp: 'a', ...claims }))).toBe(kind)
  })

  test('has no tenant and no user id that anything could be keyed by', () => {
    expect(callerFromClaims(claimed({ scp: 'a', tid: personalTenant, roles: ['R'] }))).toEqual(
      E.right({ kind: 'personalAccount', appRoles: ['R'] }),
    )
  })
})

describe('an application', () => {
  test('is all that its token says, and has no scopes', () => {
    expect(callerFromClaims(claimed({ idtyp: 'app', scp: 'a b', roles: ['R'], wids: ['w'] }))).toEqual(
      E.right({ kind: 'application', tenantId: contoso, appId: client, appRoles: ['R'] }),
    )
  })
  test('has its client in azp in a v2 token', () => {
    expect(callerFromClaims(claimed({ roles: ['R'], appid: undefined, azp: client }))).toMatchObject({
      right: { appId: client },
    })
  })
  test('is nobody without a client id', () => {
    expect(kindOf(claimed({ roles: ['R'], appid: undefined }))).toBe('CallerUnrecognised')
  })
  test('needs no oid', () => {
    expect(kindOf(claimed({ roles: ['R'], oid: undefined }))).toBe('application')
  })
})

describe('claims that say nothing that can be trusted', () => {
  test.each([
    { tid: undefined },
    { tid: 'contoso.onmicrosoft.com' },
    { tid: 'common' },
    { tid: `{${contoso}}` },
    { tid: ` ${contoso}` },
    { tid: [contoso] },
    { tid: null },
    { oid: 'adele' },
    { oid: 7 },
    { oid: null },
    { appid: 'not a guid' },
    { azp: 'not a guid' },
    { scp: ['a'] },
    { scp: 1 },
    { roles: 'R' },
    { roles: { 0: 'R' } },
    { roles: [1] },
    { roles: ['R', null] },
    { wids: 'w' },
    { wids: [1] },
    { idtyp: 1 },
    { idtyp: ['app'] },
    { idp: 1 },
    { acct: true },
    { acct: [1] },
    { xms_act_fct: ['11'] },
    { xms_sub_fct: { 13: true } },
  ])('%j', claims => {
    expect(kindOf(claimed({ scp: 'a', ...claims }))).toBe('CallerUnrecognised')
  })

  test.each([null, undefined, 'a token', 1, [], [contoso], {}, true])('%j', claims => {
    expect(kindOf(claims)).toBe('CallerUnrecognised')
  })

  test('whatever is claimed, the answer is a caller or none, and never a failure', () => {
    const claim = fc.oneof(fc.string(), fc.integer(), fc.constantFrom(null, 'app', 'user', contoso, ['a']))
    const names = [
      'tid',
      'oid',
      'appid',
      'azp',
      'idtyp',
      'scp',
      'roles',
      'wids',
      'idp',
      'iss',
      'acct',
      'xms_act_fct',
    ]
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), claim), claims => {
        expect(['Left', 'Right']).toContain(callerFromClaims({ tid: contoso, ...claims })._tag)
      }),
    )
  })
})
