import { BatchResponse, ProfileCollection } from '@lethe/graph-contract'
import { afterAll, describe, expect, test } from 'vitest'
import { type Answer, jsonOf, rowOf } from './making/answer.js'
import { decoded } from './making/decoded.js'
import { publicUrl } from './making/environment.js'
import { openIssuer } from './making/issuer.js'
import { bob, carol, contoso, crowd, nora, upTo } from './making/places.js'
import { pageIn, requestsPath } from './making/requests.js'
import {
  badRequest,
  contentTypeMissing,
  contentTypeNotJson,
  denied,
  notFound,
  tokenEmpty,
} from './making/rows.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const batch = '/beta/$batch'
const profiles = '/directory/inboundSharedUserProfiles'
const json = { 'Content-Type': 'application/json' }
const get = (id: string, userId: string = bob.userId) => ({ id, method: 'GET', url: `${profiles}/${userId}` })
const remove = (id: string, userId: string = bob.userId) => ({
  id,
  method: 'POST',
  url: `${profiles}/${userId}/removePersonalData`,
  headers: json,
})

const responsesIn = (answer: Answer) => decoded(BatchResponse)(jsonOf(answer)).responses

/** The row of each item of a batch, by its id. */
const rowsIn = (answer: Answer) =>
  responsesIn(answer).map(({ id, status, body }) => [
    id,
    rowOf({ status, text: body === undefined ? '' : JSON.stringify(body) }),
  ])

describe('a batch', () => {
  test('answers each request, in their order', async () => {
    const { ask } = openWorld(issuer)
    const requests = [
      remove('z'),
      get('a'),
      get('m', nora.userId),
      { id: '0', method: 'get', url: profiles.slice(1) },
      { id: 'bad', method: 'GET', url: '/groups' },
    ]
    const answer = await ask('POST', batch, { as: 'adele', body: { requests } })
    expect(answer.status).toBe(200)
    expect(responsesIn(answer).map(({ id, status }) => [id, status])).toEqual([
      ['z', 204],
      ['a', 200],
      ['m', 404],
      ['0', 200],
      ['bad', 400],
    ])
  })

  test('removes, and says where to follow it', async () => {
    const { ask } = openWorld(issuer)
    const answer = await ask('POST', batch, { as: 'adele', body: { requests: [remove('1')] } })
    const [removal] = responsesIn(answer)
    expect(removal).not.toHaveProperty('body')
    expect(removal?.headers?.['operation-location']).toMatch(`${publicUrl}${requestsPath}/`)
    expect(pageIn(await ask('GET', requestsPath, { as: 'adele' })).value).toHaveLength(1)
  })

  test('works where the public URL has a path', async () => {
    const { ask } = openWorld(issuer, { environment: { LETHE_PUBLIC_URL: 'https://gate.example/lethe' } })
    const answer = await ask('POST', batch, { as: 'adele', body: { requests: [get('1'), remove('2')] } })
    expect(rowsIn(answer)).toEqual([
      ['1', { status: 200 }],
      ['2', { status: 204 }],
    ])
  })

  test('gives each item ids of its own', async () => {
    const { ask } = openWorld(issuer)
    const own = '0f1e2d3c-4b5a-4968-8776-655443322110'
    const requests = [get('1'), { ...get('2'), headers: { 'client-request-id': own } }]
    const answer = await ask('POST', batch, { as: 'adele', body: { requests } })
    const ids = responsesIn(answer).map(({ headers }) => headers?.['request-id'])
    expect(new Set([...ids, answer.headers.get('request-id')]).size).toBe(3)
    expect(responsesIn(answer)[1]?.headers?.['client-request-id']).toBe(own)
  })

  test('takes 20 requests', async () => {
    const { ask } = openWorld(issuer)
    const requests = Array.from({ length: 20 }, (_, index) => get(String(index)))
    const answer = await ask('POST', batch, { as: 'adele', body: { requests } })
    expect(responsesIn(answer).map(({ id, status }) => `${id} ${status}`)).toEqual(
      requests.map(({ id }) => `${id} 200`),
    )
  })
})

describe('a batch is refused as a whole', () => {
  test.each([
    ['21 requests', Array.from({ length: 21 }, (_, index) => get(String(index)))],
    ['none', []],
    ['an id twice', [get('1'), remove('1')]],
    ['an id twice but for case', [remove('a'), get('A')]],
    ['no id', [remove('1'), { method: 'GET', url: profiles }]],
    ['an unknown method', [remove('1'), { ...get('2'), method: 'TRACE' }]],
    ['an absolute url', [remove('1'), { ...get('2'), url: `https://evil.example${profiles}` }]],
    ['a url without scheme', [remove('1'), { ...get('2'), url: '//evil.example/x' }]],
    ['a url that climbs', [remove('1'), { ...get('2'), url: '/../lethe/v1/removalRequests' }]],
    ['a batch in it', [remove('1'), { id: '2', method: 'POST', url: '/$batch', headers: json, body: {} }]],
    ['a batch in it, encoded', [remove('1'), { id: '2', method: 'POST', url: '/%24batch' }]],
    ['an unknown dependency', [remove('1'), { ...get('2'), dependsOn: ['3'] }]],
    [
      'a circle',
      [
        { ...remove('1'), dependsOn: ['2'] },
        { ...get('2'), dependsOn: ['1'] },
      ],
    ],
    ['itself', [{ ...remove('1'), dependsOn: ['1'] }]],
  ])('with %s, and nothing of it is done', async (_what, requests) => {
    const { ask } = openWorld(issuer)
    const answer = await ask('POST', batch, { as: 'adele', body: { requests } })
    expect(rowOf(answer)).toMatchObject({ status: 400, code: 'BadRequest' })
    expect(answer.text).not.toContain('evil')
    expect(pageIn(await ask('GET', requestsPath, { as: 'adele' })).value).toEqual([])
  })

  test('without a token', async () => {
    const { ask } = openWorld(issuer)
    expect(rowOf(await ask('POST', batch, { body: { requests: [get('1')] } }))).toEqual(tokenEmpty)
  })

  test('that is no JSON', async () => {
    const { ask } = openWorld(issuer)
    const body = { requests: [get('1')] }
    const plain = { as: 'adele', headers: { 'Content-Type': 'text/plain' }, body } as const
    expect(rowOf(await ask('POST', batch, plain))).toEqual(contentTypeNotJson)
    expect(rowOf(await ask('POST', batch, { ...plain, headers: { 'Content-Type': '' } }))).toEqual(
      contentTypeMissing,
    )
    expect((await ask('POST', batch, { as: 'adele' })).status).toBe(400)
    expect((await ask('POST', `${batch}?x=1`, { as: 'adele', body })).status).toBe(400)
    expect((await ask('GET', batch, { as: 'adele' })).status).toBe(405)
  })
})

describe('dependencies', () => {
  test('are made first, wherever they stand', async () => {
    const { ask } = openWorld(issuer, { environment: { LETHE_APPROVALS: '1' } })
    const requests = [
      { ...get('last'), dependsOn: ['FIRST'] },
      { ...get('middle', carol.userId), dependsOn: ['first', 'first'] },
      remove('first'),
    ]
    const answer = await ask('POST', batch, { as: 'adele', body: { requests } })
    expect(responsesIn(answer).map(({ id, status }) => [id, status])).toEqual([
      ['last', 200],
      ['middle', 200],
      ['first', 204],
    ])
  })

  test('that fail make a 424 of what depends on them, and of what depends on that', async () => {
    const { ask } = openWorld(issuer)
    const requests = [
      get('missing', nora.userId),
      { ...remove('second'), dependsOn: ['missing'] },
      { ...remove('third', carol.userId), dependsOn: ['second'] },
      remove('free', carol.userId),
    ]
    const answer = await ask('POST', batch, { as: 'adele', body: { requests } })
    expect(rowsIn(answer)).toEqual([
      ['missing', notFound(nora.userId)],
      [
        'second',
        {
          status: 424,
          code: 'FailedDependency',
          message: 'The request was not made because a request that it depends on has failed.',
        },
      ],
      ['third', expect.objectContaining({ status: 424 })],
      ['free', { status: 204 }],
    ])
    const made = pageIn(await ask('GET', requestsPath, { as: 'adele' })).value
    expect(made.map(({ userId }) => userId)).toEqual([carol.userId])
  })
})

describe('each item stands for itself', () => {
  test('it is authorised as its caller', async () => {
    const { ask } = openWorld(issuer)
    const requests = [get('read'), remove('write')]
    const rows = async (as: 'pradeep' | 'roleOnly' | 'personal' | 'appReadWrite') =>
      rowsIn(await ask('POST', batch, { as, body: { requests } }))
    expect(await rows('pradeep')).toEqual([
      ['read', { status: 200 }],
      ['write', denied],
    ])
    expect(await rows('appReadWrite')).toEqual([
      ['read', { status: 200 }],
      ['write', denied],
    ])
    for (const as of ['roleOnly', 'personal'] as const)
      expect(await rows(as)).toEqual([
        ['read', denied],
        ['write', denied],
      ])
  })

  test('its own Authorization is not looked at: it is the batch’s caller who asks', async () => {
    const { ask } = openWorld(issuer)
    const bearer = async (name: 'adele' | 'omar') => `Bearer ${await issuer.tokenOf(name)}`
    const requests = [
      { ...remove('adele'), headers: { ...json, Authorization: await bearer('adele') } },
      { ...get('omar', nora.userId), headers: { authorization: await bearer('omar') } },
      { ...get('none'), headers: { authorization: '' } },
      { ...get('forged'), headers: { AUTHORIZATION: 'Bearer x.y.z' } },
      get('own'),
    ]
    const answer = await ask('POST', batch, { as: 'pradeep', body: { requests } })
    expect(responsesIn(answer).map(({ id, status }) => [id, status])).toEqual([
      ['adele', 403],
      ['omar', 404],
      ['none', 200],
      ['forged', 200],
      ['own', 200],
    ])
  })

  test('what is null in it counts as absent', async () => {
    const { ask } = openWorld(issuer, { environment: { LETHE_CONTRACT: 'graph' } })
    const requests = [
      { ...remove('bare'), headers: null, body: null, dependsOn: null },
      { ...get('read'), headers: null, body: null, dependsOn: null },
    ]
    const answer = await ask('POST', batch, { as: 'adele', body: { requests } })
    expect(rowsIn(answer)).toEqual([
      ['bare', { status: 204 }],
      ['read', { status: 200 }],
    ])
  })

  test('it has a Content-Type of its own', async () => {
    const { ask } = openWorld(issuer)
    const { headers: _json, ...bare } = remove('bare')
    const requests = [
      bare,
      { ...remove('plain'), headers: { 'content-type': 'text/plain' } },
      { ...remove('json'), headers: { 'content-type': 'application/json;charset=utf-8' } },
      { ...bare, id: 'body', body: {} },
      { ...remove('empty', carol.userId), body: {} },
      { ...remove('full', carol.userId), body: { a: 1 } },
    ]
    const rows = rowsIn(await ask('POST', batch, { as: 'adele', body: { requests } }))
    expect(rows).toEqual([
      ['bare', contentTypeMissing],
      ['plain', contentTypeNotJson],
      ['json', { status: 204 }],
      ['body', contentTypeMissing],
      ['empty', { status: 204 }],
      ['full', expect.objectContaining({ status: 400 })],
    ])
  })

  test('it needs none under contract graph', async () => {
    const { ask } = openWorld(issuer, { environment: { LETHE_CONTRACT: 'graph' } })
    const { headers: _json, ...bare } = remove('bare')
    expect(rowsIn(await ask('POST', batch, { as: 'adele', body: { requests: [bare] } }))).toEqual([
      ['bare', { status: 204 }],
    ])
  })

  test('it does not reach what is not below /beta', async () => {
    const { ask } = openWorld(issuer)
    const requests = [
      { id: '1', method: 'GET', url: requestsPath },
      { id: '2', method: 'GET', url: '/healthz/live' },
    ]
    const answer = await ask('POST', batch, { as: 'adele', body: { requests } })
    expect(responsesIn(answer).map(({ status }) => status)).toEqual([400, 400])
  })

  test('it may ask for a page', async () => {
    const { ask } = openWorld(issuer)
    const url = `${profiles}?$filter=userPrincipalName eq 'bob@fabrikam.example'&$select=userId`
    const answer = await ask('POST', batch, { as: 'adele', body: { requests: [{ ...get('1'), url }] } })
    expect(responsesIn(answer)[0]).toMatchObject({ status: 200, body: { value: [{ userId: bob.userId }] } })
  })
})

describe('what a batch can ask for', () => {
  const tooMany = badRequest('The query option $top must be a whole number from 1 to 100 in a batch.')
  const list = (id: string, top: number) => ({ id, method: 'GET', url: `${profiles}?$top=${top}` })

  test('is at most 100 rows on a page', async () => {
    const { ask } = openWorld(issuer, { profiles: new Map([[contoso, crowd(120)]]) })
    const body = { requests: [list('100', 100), list('101', 101), { ...list('bare', 1), url: profiles }] }
    const answer = await ask('POST', batch, { as: 'adele', body })
    expect(rowsIn(answer)).toEqual([
      ['100', { status: 200 }],
      ['101', tooMany],
      ['bare', { status: 200 }],
    ])
    const [full] = responsesIn(answer)
    const page = decoded(ProfileCollection)(full?.body)
    expect(page.value).toHaveLength(100)
    expect(page['@odata.nextLink']).toContain('top=100')
    expect((await ask('GET', `/beta${profiles}?$top=101`, { as: 'adele' })).status).toBe(200)
  })

  test('is the same of removal requests', async () => {
    const { ask } = openWorld(issuer)
    const url = (top: number) => `/removalRequests?$top=${top}`
    const requests = [100, 101].map(top => ({ id: String(top), method: 'GET', url: url(top) }))
    const answer = await ask('POST', '/lethe/v1/$batch', { as: 'adele', body: { requests } })
    expect(rowsIn(answer)).toEqual([
      ['100', { status: 200 }],
      ['101', tooMany],
    ])
    expect((await ask('GET', `${requestsPath}?$top=101`, { as: 'adele' })).status).toBe(200)
  })

  test('is told no more of than 8 MiB, but of everything that was done', async () => {
    const long = crowd(100).map(profile => ({ ...profile, displayName: 'x'.repeat(6000) }))
    const { ask } = openWorld(issuer, { profiles: new Map([[contoso, [bob, ...long]]]) })
    const requests = [
      ...upTo(18).map(index => list(String(index), 100)),
      { ...list('after', 1), dependsOn: ['17'] },
      { ...remove('remove'), dependsOn: ['0'] },
    ]
    const answer = await ask('POST', batch, { as: 'adele', body: { requests } })
    const eightMiB = 8 * 1024 * 1024
    expect(Buffer.byteLength(answer.text)).toBeLessThan(eightMiB + 20_000)
    expect(Buffer.byteLength(answer.text)).toBeGreaterThan(eightMiB - 700_000)
    const statuses = new Map(responsesIn(answer).map(({ id, status }) => [id, status]))
    expect(upTo(18).map(index => statuses.get(String(index)))).toEqual([
      ...upTo(13).map(() => 200),
      ...upTo(5).map(() => 413),
    ])
    expect(statuses.get('after')).toBe(424)
    expect(statuses.get('remove')).toBe(204)
  })

  test('lets others in between its items', async () => {
    const { ask } = openWorld(issuer, { profiles: new Map([[contoso, crowd(100)]]) })
    const requests = upTo(20).map(index => list(String(index), 100))
    let turns = 0
    let isDone = false
    const turn = (): void => {
      turns += 1
      if (!isDone) setImmediate(turn)
    }
    setImmediate(turn)
    const answer = await ask('POST', batch, { as: 'adele', body: { requests } })
    isDone = true
    expect(responsesIn(answer)).toHaveLength(20)
    expect(turns).toBeGreaterThanOrEqual(20)
  })
})

/** Keeps every list waiting, and says how many were asked for. */
const held = () => {
  const gate = Promise.withResolvers<void>()
  let asked = 0
  const usual = openWorld(issuer)
  const world = openWorld(issuer, {
    useCases: {
      getProfile: input => async () => {
        asked += 1
        await gate.promise
        return usual.composition.useCases.getProfile(input)()
      },
    },
  })
  const body = { requests: [get('1')] }
  return { ...world, gate, asked: () => asked, body }
}

describe('the batches of one caller', () => {
  test('take turns, and nobody else waits for them', async () => {
    const { ask, gate, asked, body } = held()
    const own = upTo(3).map(() => ask('POST', batch, { as: 'adele', body }))
    await expect.poll(asked).toBe(1)
    const other = ask('POST', batch, { as: 'pradeep', body })
    await expect.poll(asked).toBe(2)
    gate.resolve()
    for (const answer of await Promise.all([...own, other])) expect(answer.status).toBe(200)
    expect(asked()).toBe(4)
  })

  test('are 429 where more than 32 wait, and taken again later', async () => {
    const { ask, gate, asked, body } = held()
    const all = upTo(34).map(() => ask('POST', batch, { as: 'adele', body }))
    const refused = await Promise.race(all)
    expect(rowOf(refused)).toEqual({
      status: 429,
      code: 'TooManyRequests',
      message: 'Please retry again later.',
    })
    expect(refused.headers.get('Retry-After')).toBe('1')
    await expect.poll(asked).toBe(1)
    gate.resolve()
    const statuses = (await Promise.all(all)).map(({ status }) => status)
    expect(statuses.filter(status => status === 200)).toHaveLength(33)
    expect((await ask('POST', batch, { as: 'adele', body })).status).toBe(200)
  })

  test('go on after one that fails', async () => {
    const { ask } = openWorld(issuer, {
      useCases: {
        getProfile: () => async () => {
          throw new Error('hunter2')
        },
      },
    })
    const body = { requests: [get('1')] }
    for (const answer of await Promise.all(upTo(2).map(() => ask('POST', batch, { as: 'adele', body }))))
      expect(responsesIn(answer)[0]?.status).toBe(500)
  })
})

describe('the reads of one caller', () => {
  const profile = `/beta/directory/inboundSharedUserProfiles/${bob.userId}`

  test('are answered eight at a time, and nobody else waits for them', async () => {
    const { ask, gate, asked } = held()
    const own = upTo(20).map(() => ask('GET', profile, { as: 'adele' }))
    await expect.poll(asked).toBe(8)
    const other = ask('GET', profile, { as: 'pradeep' })
    await expect.poll(asked).toBe(9)
    // What is done waits for no reading.
    expect((await ask('POST', `${profile}/removePersonalData`, { as: 'adele' })).status).toBe(204)
    gate.resolve()
    for (const answer of await Promise.all([...own, other])) expect(answer.status).toBe(200)
    expect(asked()).toBe(21)
  })

  test('are 429 where more than 1,024 wait, and taken again later', async () => {
    const { ask, gate } = held()
    const all = upTo(1033).map(() => ask('GET', profile, { as: 'adele' }))
    const refused = await Promise.race(all)
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '1'])
    gate.resolve()
    const statuses = (await Promise.all(all)).map(({ status }) => status)
    expect(statuses.filter(status => status === 200)).toHaveLength(1032)
    expect((await ask('GET', profile, { as: 'adele' })).status).toBe(200)
  })
})
