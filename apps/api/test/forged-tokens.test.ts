import { exportSPKI, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, describe, expect, test } from 'vitest'
import { rowOf } from './making/answer.js'
import { audience, type Forgery, openIssuer } from './making/issuer.js'
import { oidOf, people, type PersonName } from './making/people.js'
import { bob, contoso, nobody, northwind } from './making/places.js'
import { removePath, requestsPath } from './making/requests.js'
import {
  badRequest,
  denied,
  tokenExpired,
  tokenFailed,
  tokenNotYetValid,
  wrongAudience,
} from './making/rows.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const now = (): number => Math.floor(Date.now() / 1000)
const readWriteAll = 'CrossTenantUserProfileSharing.ReadWrite.All'

/** Tries to open the door with a token; and whether anything was recorded. */
const attempt = async (token: string) => {
  const { ask } = openWorld(issuer)
  const answer = await ask('POST', removePath(bob.userId), {
    headers: { Authorization: `Bearer ${token}` },
  })
  const recorded = await ask('GET', requestsPath, { as: 'pradeep' })
  return { row: rowOf(answer), recorded: recorded.text }
}

const nothing = '{"value":[]}'

const forged = async (forgery: Forgery, as: PersonName = 'adele') =>
  attempt(await issuer.tokenOf(as, forgery))

const goodClaims = () => ({
  ...people.adele,
  iss: issuer.issuerOf(contoso),
  aud: audience,
  iat: now(),
  nbf: now(),
  exp: now() + 3600,
})

describe('a forged token is refused', () => {
  test('the genuine one is not', async () => {
    const { row, recorded } = await forged({})
    expect(row).toEqual({ status: 204 })
    expect(recorded).toContain(bob.userId)
  })

  test('alg none', async () => {
    const token = new UnsecuredJWT(goodClaims()).encode()
    expect(await attempt(token)).toEqual({ row: tokenFailed, recorded: nothing })
  })

  test('alg none with a kid and a signature', async () => {
    const [, payload = '', signature = ''] = (await issuer.tokenOf('adele')).split('.')
    const header = Buffer.from('{"alg":"none","kid":"the-published-key"}').toString('base64url')
    expect(await attempt(`${header}.${payload}.${signature}`)).toEqual({
      row: tokenFailed,
      recorded: nothing,
    })
    expect(await attempt(`${header}.${payload}.`)).toEqual({ row: tokenFailed, recorded: nothing })
  })

  test('HS256 with the public key as the secret', async () => {
    const secret = new TextEncoder().encode(await exportSPKI(issuer.publicKey))
    const token = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: 'HS256', kid: 'the-published-key' })
      .sign(secret)
    expect(await attempt(token)).toEqual({ row: tokenFailed, recorded: nothing })
  })

  test('signed with a rogue key under the published kid', async () => {
    expect(await forged({ key: issuer.rogueKey })).toEqual({ row: tokenFailed, recorded: nothing })
  })

  test('unknown kid', async () => {
    expect(await forged({ header: { kid: 'another' } })).toEqual({ row: tokenFailed, recorded: nothing })
  })

  test('a key that the token brings along', async () => {
    const header = { kid: 'another', jku: 'https://evil.example/keys' }
    expect(await forged({ key: issuer.rogueKey, header })).toEqual({ row: tokenFailed, recorded: nothing })
  })

  test('changed after it was signed', async () => {
    const [header = '', , signature = ''] = (await issuer.tokenOf('pradeep')).split('.')
    const payload = Buffer.from(JSON.stringify(goodClaims())).toString('base64url')
    expect(await attempt(`${header}.${payload}.${signature}`)).toEqual({
      row: tokenFailed,
      recorded: nothing,
    })
  })

  test('wrong issuer', async () => {
    const iss = `https://evil.example/${contoso}/v2.0`
    expect(await forged({ claims: { iss } })).toEqual({ row: tokenFailed, recorded: nothing })
  })

  test('the issuer of another tenant than tid', async () => {
    const iss = issuer.issuerOf(northwind)
    expect(await forged({ claims: { iss } })).toEqual({ row: tokenFailed, recorded: nothing })
  })

  test('a tenant that is not served', async () => {
    const claims = { tid: nobody, iss: issuer.issuerOf(nobody) }
    expect(await forged({ claims })).toEqual({ row: tokenFailed, recorded: nothing })
  })

  test('wrong audience', async () => {
    const claims = { aud: '00000003-0000-0000-c000-000000000000' }
    expect(await forged({ claims })).toEqual({ row: wrongAudience, recorded: nothing })
  })

  test('no audience', async () => {
    expect(await forged({ claims: { aud: undefined } })).toEqual({ row: wrongAudience, recorded: nothing })
  })

  test('expired', async () => {
    expect(await forged({ claims: { exp: now() - 301 } })).toEqual({ row: tokenExpired, recorded: nothing })
  })

  test('expired or not yet valid by less than clocks may differ, it is not', async () => {
    expect((await forged({ claims: { exp: now() - 240 } })).row).toEqual({ status: 204 })
    expect((await forged({ claims: { nbf: now() + 240 } })).row).toEqual({ status: 204 })
  })

  test('without an end', async () => {
    expect(await forged({ claims: { exp: undefined } })).toEqual({ row: tokenFailed, recorded: nothing })
  })

  test('not yet valid', async () => {
    expect(await forged({ claims: { nbf: now() + 360 } })).toEqual({
      row: tokenNotYetValid,
      recorded: nothing,
    })
  })

  test('no tid', async () => {
    expect(await forged({ claims: { tid: undefined } })).toEqual({ row: tokenFailed, recorded: nothing })
  })

  test.each([
    `${readWriteAll}.Extra`,
    readWriteAll.toLowerCase(),
    readWriteAll.slice(0, -1),
    'CrossTenantUserProfileSharing.ReadWrite',
    `x${readWriteAll}`,
  ])('the permission %s is only like the right one', async scp => {
    expect(await forged({ claims: { scp } })).toEqual({ row: denied, recorded: nothing })
  })

  test('app roles in the token of a user', async () => {
    expect(await forged({}, 'appRolesOfUser')).toEqual({ row: denied, recorded: nothing })
  })

  test('a personal account, however it is told', async () => {
    expect(await forged({}, 'personal')).toEqual({ row: denied, recorded: nothing })
    expect(await forged({ claims: { idp: 'live.com' } })).toEqual({ row: denied, recorded: nothing })
    const idp = 'https://sts.windows.net/9188040d-6c67-4c5b-b112-36a304b66dad/'
    expect(await forged({ claims: { idp } })).toEqual({ row: denied, recorded: nothing })
  })

  test.each([{ oid: undefined }, { oid: 'adele@contoso.example' }, { scp: [readWriteAll] }, { idtyp: 7 }])(
    'claims that do not say who calls: %j',
    async claims => {
      expect(await forged({ claims })).toEqual({ row: denied, recorded: nothing })
    },
  )
})

test('a token that was good is refused at once when it is presented for something else', async () => {
  const { ask } = openWorld(issuer)
  const [header = '', payload = ''] = (await issuer.tokenOf('adele')).split('.')
  expect((await ask('GET', requestsPath, { as: 'adele' })).status).toBe(200)
  const cut = await ask('GET', requestsPath, {
    headers: { Authorization: `Bearer ${header}.${payload}.AAAA` },
  })
  expect(rowOf(cut)).toEqual(tokenFailed)
})

test('the token counts only in its header', async () => {
  const { ask } = openWorld(issuer)
  const token = await issuer.tokenOf('adele')
  expect((await ask('GET', `${requestsPath}?access_token=${token}`)).status).toBe(401)
  expect((await ask('GET', requestsPath, { headers: { Cookie: `access_token=${token}` } })).status).toBe(401)
  const inBody = await ask('POST', requestsPath, { body: { access_token: token, userId: bob.userId } })
  expect(inBody.status).toBe(401)
})

describe('a guest', () => {
  const guestApproves = async (claims: Readonly<Record<string, unknown>>) => {
    const { ask } = openWorld(issuer)
    const { value } = await ask('POST', requestsPath, { as: 'lena', body: { userId: bob.userId } }).then(
      answer => ({ value: answer.headers.get('Location') ?? '' }),
    )
    const token = await issuer.tokenOf('megan', { claims })
    return rowOf(
      await ask('POST', `${new URL(value).pathname}/approve`, {
        headers: { Authorization: `Bearer ${token}` },
      }),
    )
  }

  test.each([
    { acct: 1 },
    { acct: '1' },
    { idp: 'https://sts.windows.net/486fb458-9474-4c44-896b-b30942d055f0/' },
  ])('approves nothing, however it is told: %j', async claims => {
    expect(await guestApproves(claims)).toEqual(denied)
  })

  test('a member does', async () => {
    expect(await guestApproves({ acct: 0, idp: issuer.issuerOf(contoso) })).toEqual({ status: 200 })
  })
})

test('people are told apart by object id, never by name', async () => {
  const { ask } = openWorld(issuer)
  const made = await ask('POST', requestsPath, { as: 'allPowerful', body: { userId: bob.userId } })
  const path = new URL(made.headers.get('Location') ?? '').pathname
  const sameName = await issuer.tokenOf('allPowerful', { claims: { oid: oidOf('megan') } })
  const otherName = await issuer.tokenOf('allPowerful', { claims: { preferred_username: 'm@x.example' } })
  const approveWith = async (token: string) =>
    rowOf(await ask('POST', `${path}/approve`, { headers: { Authorization: `Bearer ${token}` } }))
  expect(await approveWith(otherName)).toEqual(denied)
  expect(await approveWith(sameName)).toEqual({ status: 200 })
})

test('a body that is no UTF-8 is no JSON', async () => {
  const { fetch } = openWorld(issuer)
  const response = await fetch(
    new Request(`http://internal.example${requestsPath}`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${await issuer.tokenOf('adele')}`,
        'Content-Type': 'application/json',
      },
      body: new Uint8Array([0xff, 0xfe]),
    }),
  )
  expect(rowOf({ status: response.status, text: await response.text() })).toEqual(
    badRequest('The request body is not valid JSON.'),
  )
})
