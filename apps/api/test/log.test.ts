import * as t from 'io-ts'
import { afterAll, describe, expect, test } from 'vitest'
import { traceOf } from '../src/log.js'
import { jsonOf } from './making/answer.js'
import { decoded } from './making/decoded.js'
import { openIssuer } from './making/issuer.js'
import { oidOf, people } from './making/people.js'
import { bob, carol } from './making/places.js'
import { profilesPath, removePath, requestsPath, submit } from './making/requests.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const Line = t.type({
  level: t.number,
  msg: t.string,
  requestId: t.string,
  method: t.string,
  route: t.union([t.string, t.null]),
  clientRequestId: t.union([t.string, t.null]),
  status: t.number,
  milliseconds: t.number,
  tenantId: t.union([t.string, t.null]),
  callerKind: t.union([t.string, t.null]),
  refusedFor: t.union([t.string, t.null]),
})

const linesOf = (logged: ReadonlyArray<string>) => logged.map(text => decoded(Line)(jsonOf({ text })))

/** What must not be in a log: values that the requests below carry. */
const person = 'bob.moreno@secret.example'
const secrets = [
  person,
  'secret',
  'hunter2',
  bob.userId,
  bob.userId.toUpperCase(),
  carol.userId,
  bob.displayName,
  bob.userPrincipalName,
  ...Object.values(people).flatMap(claims => [claims['oid'], claims['name'], claims['preferred_username']]),
]
  .filter(value => value !== undefined)
  .map(String)

const encoded = encodeURIComponent(person)

describe('the log of requests', () => {
  test('holds nothing of what was sent, whatever was sent and wherever', async () => {
    const { ask, logged } = openWorld(issuer)
    const path = await submit(ask)
    const token = await issuer.tokenOf('adele')
    const headers = {
      'X-Person': person,
      'User-Agent': `curl ${person}`,
      Referer: `https://x.example/${encoded}`,
      Cookie: `session=${person}`,
      'client-request-id': person,
      'X-Forwarded-For': person,
    }
    const asked = [
      ['GET', `${profilesPath}/${encoded}`, { as: 'adele', headers }],
      ['GET', `${profilesPath}('${encoded}')`, { as: 'adele', headers }],
      ['GET', `${profilesPath}/${bob.userId}`, { as: 'adele', headers }],
      [
        'GET',
        `${profilesPath}?$filter=${encodeURIComponent(`userPrincipalName eq '${person}'`)}`,
        { as: 'adele' },
      ],
      ['GET', `${profilesPath}?${encoded}=1`, { as: 'adele' }],
      ['GET', `${profilesPath}?access_token=${token}`, { headers }],
      ['GET', `${requestsPath}?userId=${bob.userId}`, { as: 'adele' }],
      ['GET', `${requestsPath}?$skiptoken=${encoded}`, { as: 'adele' }],
      ['GET', `${requestsPath}/${encoded}`, { as: 'adele' }],
      ['GET', path, { as: 'megan', headers }],
      ['GET', `${path}/history`, { as: 'megan', headers }],
      ['GET', `/beta/users/${encoded}`, { as: 'adele', headers }],
      ['GET', `/${encoded}`, {}],
      ['DELETE', `${profilesPath}/${bob.userId}`, { as: 'adele' }],
      ['POST', removePath(bob.userId), { as: 'adele', body: { person } }],
      ['POST', removePath(bob.userId), { as: 'pradeep', headers, body: person }],
      ['POST', removePath(carol.userId), { as: 'personal' }],
      ['POST', removePath(carol.userId), { headers: { Authorization: `Bearer ${person}` } }],
      ['POST', removePath(carol.userId), { headers: { Authorization: `Basic ${person}` } }],
      ['POST', removePath(carol.userId), { headers: { Authorization: `Bearer ${token}x` } }],
      ['POST', removePath(carol.userId), { as: 'adele', headers: { 'Content-Type': `text/${person}` } }],
      ['POST', requestsPath, { as: 'adele', body: { userId: person } }],
      ['POST', requestsPath, { as: 'adele', body: { userId: carol.userId, [person]: 'hunter2' } }],
      ['POST', requestsPath, { as: 'adele', body: `{"${person}` }],
      ['POST', requestsPath, { as: 'adele', body: { userId: carol.userId } }],
      ['POST', `${path}/deny`, { as: 'megan', body: { code: person } }],
      ['POST', `${path}/deny`, { as: 'megan', body: { code: 'other', note: person } }],
      ['POST', `${path}/approve`, { as: 'isaiah', headers }],
      ['POST', `${path}/withdraw`, { as: 'lena', headers }],
      [
        'POST',
        '/beta/$batch',
        {
          as: 'adele',
          body: {
            requests: [
              { id: person, method: 'GET', url: `/directory/inboundSharedUserProfiles/${encoded}` },
              { id: '2', method: 'GET', url: `/${encoded}`, headers: { Authorization: `Bearer ${token}` } },
            ],
          },
        },
      ],
      [
        'POST',
        '/beta/$batch',
        { as: 'adele', body: { requests: [{ id: person, method: person, url: person }] } },
      ],
    ] as const
    for (const [method, target, asking] of asked) await ask(method, target, asking)

    const everything = logged.join('')
    expect(logged.length).toBe(asked.length + 1 + 2)
    for (const value of [...secrets, encoded, token, ...token.split('.')])
      expect(everything).not.toContain(value)
    for (const name of ['adele', 'megan', 'pradeep'] as const) expect(everything).not.toContain(oidOf(name))
  })

  test('says which route it was, as a template', async () => {
    const { ask, logged } = openWorld(issuer)
    const path = await submit(ask)
    await ask('GET', `${path}?x=1`, { as: 'megan' })
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'roleOnly' })
    await ask('GET', requestsPath)
    await ask('GET', '/beta/users')
    await ask('PUT', path)
    expect(
      linesOf(logged).map(({ method, route, status, refusedFor }) => [method, route, status, refusedFor]),
    ).toEqual([
      ['POST', `${profilesPath}/:userId/removePersonalData`, 204, null],
      ['GET', `${requestsPath}/:id`, 400, 'BadInput'],
      ['POST', `${requestsPath}/:id/approve`, 200, null],
      ['GET', `${profilesPath}/:userId`, 403, 'scopeMissing'],
      ['GET', requestsPath, 401, 'TokenMissing'],
      ['GET', null, 400, 'UnknownSegment'],
      ['PUT', null, 405, 'MethodNotAllowed'],
    ])
  })

  test('has the client-request-id, where it is a GUID', async () => {
    const { ask, logged } = openWorld(issuer)
    const sent = 'AAAAAAAA-0000-4000-8000-00000000000f'
    for (const id of [sent, `${sent}0`, person, 'bob', `${sent} `.repeat(2)])
      await ask('GET', requestsPath, { as: 'adele', headers: { 'client-request-id': id } })
    await ask('GET', requestsPath, { as: 'adele' })

    expect(linesOf(logged).map(({ clientRequestId }) => clientRequestId)).toEqual([
      sent,
      null,
      null,
      null,
      null,
      null,
    ])
  })

  test('says which tenant and what kind of caller it was, and can be found by the request-id', async () => {
    const { ask, logged } = openWorld(issuer)
    const answers = [
      await ask('GET', requestsPath, { as: 'omar' }),
      await ask('GET', requestsPath, { as: 'appRead' }),
      await ask('GET', requestsPath, { as: 'personal' }),
      await ask('GET', requestsPath),
    ]
    expect(linesOf(logged).map(line => [line.requestId, line.tenantId, line.callerKind])).toEqual([
      [answers[0]?.headers.get('request-id'), '22222222-2222-4222-8222-222222222222', 'workAccount'],
      [answers[1]?.headers.get('request-id'), '11111111-1111-4111-8111-111111111111', 'application'],
      [answers[2]?.headers.get('request-id'), null, 'personalAccount'],
      [answers[3]?.headers.get('request-id'), null, null],
    ])
  })
})

describe('what is logged of an unforeseen exception', () => {
  const ofDatabase = Object.assign(new Error(`duplicate key value (${person})`), {
    code: '23505',
    constraint: 'one_open_request_for_a_profile',
    detail: `Key (user_id)=(${bob.userId}) already exists.`,
    table: 'removal_subject',
  })

  test('is the code and the constraint of the database, and neither message nor detail', () => {
    const { trace, ...words } = traceOf(ofDatabase)
    expect(words).toEqual({
      error: 'Error',
      code: '23505',
      constraint: 'one_open_request_for_a_profile',
    })
    expect(trace[0]).toMatch(/^at /)
    const [text, wrapped] = [JSON.stringify(traceOf(ofDatabase)), new Error(person, { cause: ofDatabase })]
    for (const value of secrets) expect(text).not.toContain(value)
    expect(traceOf(wrapped)).toMatchObject({ code: '23505', constraint: 'one_open_request_for_a_profile' })
  })

  test('is nothing of a code or a constraint that is no name', () => {
    expect(
      Object.keys(traceOf(Object.assign(new Error('x'), { code: person, constraint: [person] }))),
    ).toEqual(['error', 'trace'])
    expect(traceOf(person)).toEqual({ error: 'string', trace: [] })
  })

  test('comes to an end where causes go round', () => {
    const error = new Error('x')
    error.cause = error
    expect(Object.keys(traceOf(error))).toEqual(['error', 'trace'])
  })
})
