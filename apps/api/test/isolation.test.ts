import { afterAll, describe, expect, test } from 'vitest'
import { jsonOf, rowOf } from './making/answer.js'
import { present } from './making/decoded.js'
import { openIssuer } from './making/issuer.js'
import { bob, carol, contoso, dave, nora, usualProfiles } from './making/places.js'
import {
  pageIn,
  pathOf,
  profilesPath,
  removePath,
  requestIn,
  requestsPath,
  submit,
} from './making/requests.js'
import { notFound } from './making/rows.js'
import { openWorld } from './making/world.js'
import { giveUp } from './making/working.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const keyIn = (path: string): string => path.slice(requestsPath.length + 1)

describe('to Northwind, a removal request of Contoso', () => {
  test.each([
    ['GET', ''],
    ['GET', '/history'],
    ['POST', '/approve'],
    ['POST', '/deny'],
    ['POST', '/withdraw'],
    ['POST', '/retry'],
  ])('is absent on %s …%s, in any state', async (method, suffix) => {
    const { ask, composition } = openWorld(issuer)
    const path = await submit(ask)
    const foreign = () =>
      ask(method, `${path}${suffix}`, {
        as: 'omar',
        ...(suffix === '/deny' ? { body: { code: 'other', note: 'not mine' } } : {}),
      })
    expect(rowOf(await foreign())).toEqual(notFound(keyIn(path)))
    await ask('POST', `${path}/approve`, { as: 'megan' })
    expect(rowOf(await foreign())).toEqual(notFound(keyIn(path)))
    await giveUp(composition)
    expect(rowOf(await foreign())).toEqual(notFound(keyIn(path)))
    expect(requestIn(await ask('GET', path, { as: 'megan' })).state).toBe('failed')
  })

  test('is in no list, whatever it is filtered by', async () => {
    const { ask } = openWorld(issuer)
    const mine = requestIn(await ask('GET', await submit(ask), { as: 'megan' }))
    const filters = [
      '',
      `?userId=${bob.userId}`,
      '?state=pendingApproval',
      '?dueBefore=9999-01-01T00:00:00Z',
      `?$top=1&userId=${bob.userId}&state=pendingApproval`,
    ]
    for (const filter of filters) {
      const { value } = pageIn(await ask('GET', `${requestsPath}${filter}`, { as: 'omar' }))
      expect(value).toEqual([])
      expect(pageIn(await ask('GET', `${requestsPath}${filter}`, { as: 'megan' })).value).toEqual([mine])
    }
  })

  test('is not reached through a token of a Contoso list', async () => {
    const { ask } = openWorld(issuer)
    for (const { userId } of [bob, carol, dave]) await submit(ask, 'lena', userId)
    const northwinds = await submit(ask, 'omar', nora.userId)
    const first = pageIn(await ask('GET', `${requestsPath}?$top=1`, { as: 'megan' }))
    const next = pathOf(present(first['@odata.nextLink']))
    const seen = pageIn(await ask('GET', next, { as: 'omar' })).value.map(({ id }) => id)
    expect(seen.filter(id => id !== keyIn(northwinds))).toEqual([])
    expect(pageIn(await ask('GET', next, { as: 'megan' })).value).toHaveLength(1)
  })

  test('does not keep Northwind from one about the same object id', async () => {
    const profiles = new Map([...usualProfiles].map(([tenant]) => [tenant, [bob]]))
    const { ask, work } = openWorld(issuer, { profiles })
    const contosos = await submit(ask, 'lena')
    const northwinds = await submit(ask, 'omar')
    expect(northwinds).not.toBe(contosos)
    await ask('POST', `${contosos}/approve`, { as: 'megan' })
    await work()
    expect((await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'megan' })).status).toBe(404)
    expect((await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'omar' })).status).toBe(200)
    expect(requestIn(await ask('GET', northwinds, { as: 'omar' })).state).toBe('pendingApproval')
    expect(requestIn(await ask('GET', contosos, { as: 'megan' })).resourceTenantId).toBe(contoso)
  })
})

describe('to Northwind, a profile of Contoso', () => {
  test.each([`${profilesPath}/${bob.userId}`, `${profilesPath}('${bob.userId}')`])(
    'is absent at %s',
    async path => {
      expect(rowOf(await openWorld(issuer).ask('GET', path, { as: 'omar' }))).toEqual(notFound(bob.userId))
    },
  )

  test('cannot be asked to be removed', async () => {
    const { ask } = openWorld(issuer)
    const spellings = [
      removePath(bob.userId),
      `${profilesPath}/${bob.userId}/microsoft.graph.removePersonalData`,
      `${profilesPath}('${bob.userId}')/removePersonalData`,
      `${profilesPath}('${bob.userId}')/microsoft.graph.removePersonalData`,
    ]
    for (const path of spellings)
      expect(rowOf(await ask('POST', path, { as: 'omar' }))).toEqual(notFound(bob.userId))
    const own = await ask('POST', requestsPath, { as: 'omar', body: { userId: bob.userId } })
    expect(rowOf(own)).toEqual(notFound(bob.userId))
    expect(pageIn(await ask('GET', requestsPath, { as: 'megan' })).value).toEqual([])
    expect(pageIn(await ask('GET', requestsPath, { as: 'omar' })).value).toEqual([])
  })

  test('is absent even when Contoso has an open request for it', async () => {
    const { ask } = openWorld(issuer)
    await submit(ask)
    expect(rowOf(await ask('POST', removePath(bob.userId), { as: 'omar' }))).toEqual(notFound(bob.userId))
  })

  test('is in no list', async () => {
    const { ask } = openWorld(issuer)
    const filters = [
      `?$filter=userId eq '${bob.userId}'`,
      `?$filter=userPrincipalName eq '${bob.userPrincipalName}'`,
      `?$skiptoken=${bob.userId}`,
      `?$skiptoken=00000000-0000-0000-0000-000000000000`,
      '',
    ]
    for (const filter of filters) {
      const answer = await ask('GET', `${profilesPath}${encodeURI(filter)}`, { as: 'omar' })
      expect(answer.status).toBe(200)
      for (const { userId, userPrincipalName } of [bob, carol, dave]) {
        expect(answer.text).not.toContain(`"userId":"${userId}"`)
        expect(answer.text).not.toContain(`"userPrincipalName":"${userPrincipalName}"`)
      }
    }
  })
})

describe('through a batch', () => {
  const requests = (path: string) => [
    { id: 'get', method: 'GET', url: `/directory/inboundSharedUserProfiles/${bob.userId}` },
    {
      id: 'remove',
      method: 'POST',
      url: `/directory/inboundSharedUserProfiles/${bob.userId}/removePersonalData`,
      headers: { 'Content-Type': 'application/json' },
    },
    { id: 'climb', method: 'GET', url: `/..${path}` },
  ]

  test('Northwind sees nothing of Contoso', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask)
    const [get, remove, climb] = requests(path)
    const answer = await ask('POST', '/beta/$batch', { as: 'omar', body: { requests: [get, remove] } })
    expect(jsonOf(answer)).toMatchObject({
      responses: [
        { id: 'get', status: 404 },
        { id: 'remove', status: 404 },
      ],
    })
    expect((await ask('POST', '/beta/$batch', { as: 'omar', body: { requests: [climb] } })).status).toBe(400)
    expect(pageIn(await ask('GET', requestsPath, { as: 'megan' })).value).toHaveLength(1)
  })
})
