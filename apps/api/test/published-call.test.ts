import { afterAll, describe, expect, test } from 'vitest'
import { rowOf } from './making/answer.js'
import { publicUrl } from './making/environment.js'
import { openIssuer } from './making/issuer.js'
import { bob, carol, contoso, nora, northwind } from './making/places.js'
import { locationIn, pageIn, profilesPath, removePath, requestIn, requestsPath } from './making/requests.js'
import { badRequest, contentTypeMissing, contentTypeNotJson, denied, tokenEmpty } from './making/rows.js'
import { noSegment, notFound, invalidGuid, wrongMethod } from './making/rows.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const key = bob.userId
const bodyNotTaken = badRequest('This action does not take a request body.')

describe('POST /directory/inboundSharedUserProfiles/{id}/removePersonalData', () => {
  test('answers 204 without a body, and says where to follow it', async () => {
    const { ask } = openWorld(issuer)
    const answer = await ask('POST', removePath(key), { as: 'adele' })
    expect(answer.status).toBe(204)
    expect(answer.text).toBe('')
    expect(answer.headers.get('Content-Type')).toBeNull()
    expect(answer.headers.get('Operation-Location')).toMatch(
      /^https:\/\/lethe\.contoso\.example\/lethe\/v1\/removalRequests\/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    )
    const followed = requestIn(await ask('GET', locationIn(answer), { as: 'adele' }))
    expect(followed).toMatchObject({ userId: key, resourceTenantId: contoso, state: 'pendingApproval' })
  })

  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])('takes no %s', async method => {
    const answer = await openWorld(issuer).ask(method, removePath(key), { as: 'adele' })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('Allow')).toBe('POST')
    expect(method === 'HEAD' ? wrongMethod : rowOf(answer)).toEqual(wrongMethod)
  })

  test.each(['POST', 'PATCH', 'DELETE', 'PUT'])(
    '%s on the collection and the entity is 405',
    async method => {
      const { ask } = openWorld(issuer)
      for (const path of [profilesPath, `${profilesPath}/${key}`, `${profilesPath}('${key}')`])
        expect(rowOf(await ask(method, path, { as: 'adele' }))).toEqual(wrongMethod)
    },
  )

  test.each([
    `${profilesPath}/${key}/removePersonalData`,
    `${profilesPath}/${key}/microsoft.graph.removePersonalData`,
    `${profilesPath}('${key}')/removePersonalData`,
    `${profilesPath}('${key}')/microsoft.graph.removePersonalData`,
    `${profilesPath}(%27${key}%27)/removePersonalData`,
    `${profilesPath}%28%27${key}%27%29/microsoft.graph.removePersonalData`,
    `${profilesPath}/${key.toUpperCase()}/removePersonalData`,
    `${profilesPath}/%63${key.slice(1)}/removePersonalData`,
    `${profilesPath}/${key}/removePersonal%44ata`,
  ])('is spelt %s', async path => {
    const { ask } = openWorld(issuer)
    const answer = await ask('POST', path, { as: 'adele' })
    expect(answer.status).toBe(204)
    expect(requestIn(await ask('GET', locationIn(answer), { as: 'adele' })).userId).toBe(key)
  })

  test.each([`${profilesPath}/${key}`, `${profilesPath}('${key}')`, `${profilesPath}(%27${key}%27)`])(
    'is about the entity %s',
    async path => {
      const answer = await openWorld(issuer).ask('GET', path, { as: 'pradeep' })
      expect(JSON.parse(answer.text)).toEqual({
        '@odata.context': `${publicUrl}/beta/$metadata#directory/inboundSharedUserProfiles/$entity`,
        userId: key,
        userPrincipalName: 'bob@fabrikam.example',
        displayName: 'Bob Moreno',
        homeTenantId: '486fb458-9474-4c44-896b-b30942d055f0',
      })
    },
  )

  test('never splits a key at %2F, and decodes it once', async () => {
    const { ask } = openWorld(issuer)
    const post = (path: string) => ask('POST', path, { as: 'adele' })
    expect(rowOf(await post(`${profilesPath}/${key}%2FremovePersonalData`))).toEqual(wrongMethod)
    expect(rowOf(await post(`${profilesPath}/x%2F${key}/removePersonalData`))).toEqual(
      invalidGuid(`x/${key}`),
    )
    expect(rowOf(await post(`${profilesPath}/%2563${key.slice(1)}/removePersonalData`))).toEqual(
      invalidGuid(`%63${key.slice(1)}`),
    )
    expect(rowOf(await post(`${profilesPath}('${key}%2F')/removePersonalData`))).toEqual(
      invalidGuid(`${key}/`),
    )
  })

  test.each(['%zz', '%', '%c3', '{c228b2ae-c4fb-4eda-9620-7e73dddd1cac}', `%20${key}`, `${key}%20`])(
    'takes no key that is no GUID: %s',
    async sent => {
      const answer = await openWorld(issuer).ask('POST', removePath(sent), { as: 'adele' })
      expect(rowOf(answer)).toMatchObject({ status: 400, code: 'InvalidInput' })
    },
  )

  test('takes a key in parentheses only in single quotes', async () => {
    const answer = await openWorld(issuer).ask('POST', `${profilesPath}(${key})/removePersonalData`, {
      as: 'adele',
    })
    expect(rowOf(answer)).toEqual(badRequest('A key in parentheses must be a string in single quotes.'))
  })

  test.each([
    [`/v1.0/directory/inboundSharedUserProfiles/${key}/removePersonalData`, 'v1.0'],
    [`/beta/directory/inboundSharedUserProfiles/${key}/exportPersonalData`, 'exportPersonalData'],
    [`/beta/directory/outboundSharedUserProfiles/${key}/removePersonalData`, 'outboundSharedUserProfiles'],
    [`/beta/directory/inboundSharedUserProfiles/${key}/removePersonalData/more`, 'more'],
    [`/beta/directory/inboundSharedUserProfiles/${key}/removePersonalData//`, ''],
    ['/', ''],
  ])('is not at %s', async (path, segment) => {
    expect(rowOf(await openWorld(issuer).ask('POST', path, { as: 'adele' }))).toEqual(noSegment(segment))
  })
})

describe('permissions of the published page', () => {
  test.each([
    ['delegated, work or school account', 'adeleWithoutRole', { status: 204 }],
    ['delegated, personal Microsoft account', 'personal', denied],
    ['application', 'appReadWrite', denied],
  ] as const)('%s', async (_kind, as, row) => {
    expect(rowOf(await openWorld(issuer).ask('POST', removePath(key), { as }))).toEqual(row)
  })

  test.each([
    ['delegated with the role', 'adele', { status: 204 }],
    ['delegated without the role', 'adeleWithoutRole', denied],
    ['delegated, personal Microsoft account', 'personal', denied],
    ['application', 'appReadWrite', { status: 204 }],
    ['application that only reads', 'appRead', denied],
  ] as const)('contract graph: %s', async (_kind, as, row) => {
    const { ask } = openWorld(issuer, { environment: { LETHE_CONTRACT: 'graph' } })
    expect(rowOf(await ask('POST', removePath(key), { as }))).toEqual(row)
  })
})

describe('request headers of the published page', () => {
  test('Authorization is required', async () => {
    expect(rowOf(await openWorld(issuer).ask('POST', removePath(key)))).toEqual(tokenEmpty)
  })

  test('Authorization is a bearer credential, in any case', async () => {
    const { ask } = openWorld(issuer)
    const token = await issuer.tokenOf('adele')
    const withCredential = (Authorization: string) =>
      ask('POST', removePath(key), { headers: { Authorization } })
    expect(rowOf(await withCredential(`bearer ${token}`))).toEqual({ status: 204 })
    expect(rowOf(await withCredential(`BEARER   ${token} `))).toEqual({ status: 204 })
    expect(rowOf(await withCredential('Bearer '))).toEqual(tokenEmpty)
    expect(rowOf(await withCredential('Basic YWRlbGU6c2VjcmV0'))).toEqual(tokenEmpty)
    expect(rowOf(await withCredential(token))).toEqual(tokenEmpty)
  })

  test.each([
    ['', contentTypeMissing],
    ['text/plain', contentTypeNotJson],
    ['application/x-www-form-urlencoded', contentTypeNotJson],
    ['application/jsonp', contentTypeNotJson],
    ['application/json', { status: 204 }],
    ['Application/JSON; charset=utf-8', { status: 204 }],
  ])('Content-Type "%s" under contract seed', async (contentType, row) => {
    const answer = await openWorld(issuer).ask('POST', removePath(key), {
      as: 'adele',
      headers: { 'Content-Type': contentType },
    })
    expect(rowOf(answer)).toEqual(row)
  })

  test.each(['', 'text/plain', 'application/x-www-form-urlencoded', 'application/json'])(
    'Content-Type "%s" is not looked at under contract graph without a body',
    async contentType => {
      const { ask } = openWorld(issuer, { environment: { LETHE_CONTRACT: 'graph' } })
      const headers = { 'Content-Type': contentType, 'Content-Length': '0' }
      expect(rowOf(await ask('POST', removePath(key), { as: 'adele', headers }))).toEqual({ status: 204 })
    },
  )
})

describe.each(['seed', 'graph'])('the request body under contract %s', contract => {
  const post = (body: string, contentType = 'application/json') =>
    openWorld(issuer, { environment: { LETHE_CONTRACT: contract } }).ask('POST', removePath(key), {
      as: 'adele',
      headers: { 'Content-Type': contentType },
      body,
    })

  test.each(['{}', 'null', ' { } ', '\n null \n', ''])('%j counts as none', async body => {
    expect(rowOf(await post(body))).toEqual({ status: 204 })
  })

  test.each(['{"a":1}', '[]', '""', '0', 'false', 'true', '{"__proto__":null}'])(
    '%j is a body',
    async body => {
      expect(rowOf(await post(body))).toEqual(bodyNotTaken)
    },
  )

  test('broken JSON is 400', async () => {
    expect(rowOf(await post('{'))).toEqual(badRequest('The request body is not valid JSON.'))
  })

  test('a body needs a JSON Content-Type', async () => {
    expect(rowOf(await post('{}', 'text/plain'))).toEqual(contentTypeNotJson)
    expect(rowOf(await post('{}', ''))).toEqual(contentTypeMissing)
  })
})

describe('the resource tenant is inferred from the caller', () => {
  test.each([
    ['x-tenant-id', northwind],
    ['tenant', northwind],
    ['x-ms-tenant-id', northwind],
    ['x-anchormailbox', `Oid:1@${northwind}`],
    ['consistencylevel', northwind],
  ])('whatever the header %s says', async (name, value) => {
    const { ask } = openWorld(issuer)
    const headers = { [name]: value }
    expect((await ask('POST', removePath(key), { as: 'adele', headers })).status).toBe(204)
    expect(rowOf(await ask('POST', removePath(nora.userId), { as: 'adele', headers }))).toEqual(
      notFound(nora.userId),
    )
    expect(pageIn(await ask('GET', requestsPath, { as: 'omar' })).value).toEqual([])
    expect(pageIn(await ask('GET', requestsPath, { as: 'adele' })).value).toHaveLength(1)
  })

  test('no query option can name one', async () => {
    const { ask } = openWorld(issuer)
    for (const name of ['tenantId', 'tid', 'resourceTenantId'])
      expect(rowOf(await ask('POST', `${removePath(key)}?${name}=${northwind}`, { as: 'adele' }))).toEqual(
        badRequest(`The query option '${name}' is not supported.`),
      )
  })

  test('no body can name one', async () => {
    const { ask } = openWorld(issuer)
    expect(rowOf(await ask('POST', removePath(key), { as: 'adele', body: { tenantId: northwind } }))).toEqual(
      bodyNotTaken,
    )
    const own = await ask('POST', requestsPath, {
      as: 'adele',
      body: { userId: key, resourceTenantId: northwind },
    })
    expect(own.status).toBe(400)
  })

  test('no path can name one', async () => {
    const { ask } = openWorld(issuer)
    expect(rowOf(await ask('POST', `/${northwind}${removePath(key)}`, { as: 'adele' }))).toEqual(
      noSegment(northwind),
    )
  })
})

describe('links', () => {
  test.each([
    { Host: 'evil.example' },
    { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'http', 'X-Forwarded-Port': '1' },
    { Forwarded: 'host=evil.example;proto=http' },
    { 'X-Original-Host': 'evil.example', 'X-Forwarded-Prefix': '/evil' },
  ])('come from the configuration, whatever %j says', async headers => {
    const { ask } = openWorld(issuer)
    const removal = await ask('POST', removePath(key), { as: 'adele', headers })
    expect(removal.headers.get('Operation-Location')).toMatch(
      /^https:\/\/lethe\.contoso\.example\/lethe\/v1\/removalRequests\/[0-9a-f-]{36}$/,
    )
    const own = await ask('POST', requestsPath, { as: 'adele', headers, body: { userId: carol.userId } })
    expect(own.headers.get('Location')).toMatch(/^https:\/\/lethe\.contoso\.example\/lethe\/v1\//)
    const list = await ask('GET', `${requestsPath}?$top=1`, { as: 'adele', headers })
    expect(pageIn(list)['@odata.nextLink']).toMatch(/^https:\/\/lethe\.contoso\.example\/lethe\/v1\//)
    const profiles = await ask('GET', `${profilesPath}?$top=1`, { as: 'adele', headers })
    expect(profiles.text).toContain('"@odata.nextLink":"https://lethe.contoso.example/beta/directory/')
    expect(removal.headers.get('Operation-Location') ?? '').not.toContain('evil')
    expect(profiles.text).not.toContain('evil')
  })

  test('keep the path of the public URL', async () => {
    const { ask } = openWorld(issuer, { environment: { LETHE_PUBLIC_URL: 'https://gate.example/lethe/' } })
    const removal = await ask('POST', removePath(key), { as: 'adele' })
    expect(removal.headers.get('Operation-Location')).toMatch(
      /^https:\/\/gate\.example\/lethe\/lethe\/v1\/removalRequests\//,
    )
  })
})
