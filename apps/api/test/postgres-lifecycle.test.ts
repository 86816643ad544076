import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowOf } from './making/answer.js'
import { dropDatabases } from './making/database.js'
import { openIssuer } from './making/issuer.js'
import { oidOf, people } from './making/people.js'
import { bob, carol, contoso, crowd, dave, nora, northwind } from './making/places.js'
import { closeStores, openPostgresWorld, type PostgresWorld } from './making/postgres-world.js'
import {
  historyIn,
  pageIn,
  profilesPath,
  removePath,
  requestIn,
  requestsPath,
  submit,
} from './making/requests.js'
import { notFound, unexpected } from './making/rows.js'
import { giveUp } from './making/working.js'

const issuer = await openIssuer()
// Each for one test.
const [erin, frank, grace, heidi] = crowd(4)
const profiles = new Map([
  [contoso, [bob, carol, dave, ...crowd(4)]],
  [northwind, [nora, bob]],
])
let world: PostgresWorld
beforeAll(async () => {
  world = await openPostgresWorld(issuer, { profiles })
})
afterAll(async () => {
  await closeStores()
  await dropDatabases()
  await issuer.close()
})

const idIn = (path: string): string => path.slice(requestsPath.length + 1)
const read = async (path: string) => requestIn(await world.ask('GET', path, { as: 'megan' }))
const historyAt = async (path: string) =>
  historyIn(await world.ask('GET', `${path}/history`, { as: 'megan' }))
const typesAt = async (path: string) => {
  const { intact, broken, head, value } = await historyAt(path)
  expect({ intact, broken, head: head.sequence }).toEqual({ intact: true, broken: null, head: value.length })
  return value.map(({ envelope }) => envelope.type)
}

describe('over PostgreSQL', () => {
  test('a removal is asked for, approved, done and verified; its history is whole and names nobody', async () => {
    const { ask, work } = world
    const path = await submit(ask)
    const asked = await read(path)
    expect(asked).toMatchObject({
      userId: bob.userId,
      state: 'pendingApproval',
      submittedBy: { userId: oidOf('lena') },
      holders: [{ name: 'graph', state: 'pending', attempts: 0 }],
    })
    await work()
    expect(await read(path)).toEqual(asked)
    expect(await submit(ask, 'adele')).toBe(path)

    const approved = requestIn(await ask('POST', `${path}/approve`, { as: 'megan' }))
    expect(approved).toMatchObject({ state: 'approved', approvals: [{ by: { userId: oidOf('megan') } }] })
    expect(await read(path)).toEqual(approved)
    await work()

    expect(await read(path)).toMatchObject({
      userId: bob.userId,
      state: 'completed',
      outcome: 'verifiedAbsent',
      submittedDateTime: asked.submittedDateTime,
      holders: [{ name: 'graph', state: 'verifiedAbsent', attempts: 1 }],
    })
    expect(rowOf(await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'megan' }))).toEqual(
      notFound(bob.userId),
    )
    expect(await typesAt(path)).toEqual([
      'removalRequested',
      'requestJoined',
      'approvalGiven',
      'removalApproved',
      'removalStarted',
      'holderCleared',
      'readBackRecorded',
      'removalCompleted',
    ])
    const { text } = await ask('GET', `${path}/history`, { as: 'pradeep' })
    const named = [bob.userId, ...Object.values(people).map(({ oid }) => String(oid))]
    for (const name of named) expect(text).not.toContain(name)
  })

  test('a removal is denied with a note, which is kept apart from the history', async () => {
    const { ask } = world
    const path = await submit(ask, 'lena', carol.userId)
    const note = `Not Carol's to ask; "twice" \\ é 🙂 \u0007 '); --`
    const denied = await ask('POST', `${path}/deny`, { as: 'isaiah', body: { code: 'other', note } })
    expect(requestIn(denied)).toMatchObject({
      state: 'denied',
      denial: { code: 'other', note, by: { userId: oidOf('isaiah') } },
    })
    expect(await read(path)).toEqual(requestIn(denied))
    expect(await typesAt(path)).toEqual(['removalRequested', 'removalDenied'])
    expect((await ask('GET', `${path}/history`, { as: 'megan' })).text).not.toContain('Carol')
    expect((await ask('POST', `${path}/approve`, { as: 'megan' })).status).toBe(409)
  })

  test('a removal is withdrawn after its approval, and not done', async () => {
    const { ask, work } = world
    const path = await submit(ask, 'lena', dave.userId)
    await ask('POST', `${path}/approve`, { as: 'megan' })
    expect(requestIn(await ask('POST', `${path}/withdraw`, { as: 'lena' })).state).toBe('withdrawn')
    await work()
    expect((await read(path)).state).toBe('withdrawn')
    expect((await ask('GET', `${profilesPath}/${dave.userId}`, { as: 'lena' })).status).toBe(200)
    expect(await submit(ask, 'lena', dave.userId)).not.toBe(path)
  })

  test('a removal that failed is taken up again', async () => {
    const { ask, work, composition } = world
    const path = await submit(ask, 'lena', erin?.userId)
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await giveUp(composition)
    expect(await read(path)).toMatchObject({ state: 'failed', failure: { reason: 'workerFailed' } })
    expect(requestIn(await ask('POST', `${path}/retry`, { as: 'lena' }))).toMatchObject({ failure: null })
    await work()
    expect(await read(path)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
    expect(await typesAt(path)).toContain('removalRetried')
  })

  test('decisions at the same time leave one history', async () => {
    const path = await submit(world.ask, 'lena', frank?.userId)
    const decide = (action: string, as: 'lena' | 'megan' | 'isaiah') =>
      world.ask('POST', `${path}/${action}`, { as })
    const answers = await Promise.all([
      decide('approve', 'megan'),
      decide('withdraw', 'lena'),
      decide('approve', 'isaiah'),
      decide('withdraw', 'lena'),
      decide('approve', 'megan'),
    ])
    for (const { status } of answers) expect([200, 409]).toContain(status)
    const types = await typesAt(path)
    expect(types.filter(type => type === 'removalWithdrawn')).toHaveLength(1)
    expect(types.filter(type => type === 'removalApproved').length).toBeLessThanOrEqual(1)
    expect((await read(path)).state).toBe('withdrawn')
  })

  test('another API on the database goes on with what it finds', async () => {
    const path = await submit(world.ask, 'lena', grace?.userId)
    const other = await openPostgresWorld(issuer, { profiles, database: world.database })
    expect(requestIn(await other.ask('POST', `${path}/approve`, { as: 'megan' })).state).toBe('approved')
    await other.work()
    const completed = requestIn(await other.ask('GET', path, { as: 'megan' }))
    expect(completed.state).toBe('completed')
    expect(await read(path)).toEqual(completed)
    expect([...world.problems, ...other.problems]).toEqual([])
  })

  test('an event that somebody changed by hand is shown', async () => {
    const path = await submit(world.ask, 'lena', heidi?.userId)
    await world.ask('POST', `${path}/withdraw`, { as: 'lena' })
    await world.database.run(`
      alter table lethe.removal_event disable trigger append_only;
      update lethe.removal_event set at = at + interval '1 day' where request_id = '${idIn(path)}' and sequence = 2;
      alter table lethe.removal_event enable trigger append_only`)
    expect(await historyAt(path)).toMatchObject({
      intact: false,
      broken: { position: 2, reason: 'contentDiffers' },
    })
  })
})

describe('to Northwind, what Contoso has in the same database', () => {
  test('is absent, in every list and behind every action', async () => {
    const { ask } = await openPostgresWorld(issuer, { profiles })
    const path = await submit(ask)
    const asked = requestIn(await ask('GET', path, { as: 'megan' }))
    for (const action of ['approve', 'withdraw', 'retry'])
      expect(rowOf(await ask('POST', `${path}/${action}`, { as: 'omar' }))).toEqual(notFound(idIn(path)))
    for (const foreign of [path, `${path}/history`])
      expect(rowOf(await ask('GET', foreign, { as: 'omar' }))).toEqual(notFound(idIn(path)))
    const filters = ['', `?userId=${bob.userId}`, '?state=pendingApproval', '?dueBefore=9999-01-01T00:00:00Z']
    for (const filter of filters) {
      expect(pageIn(await ask('GET', `${requestsPath}${filter}`, { as: 'omar' })).value).toEqual([])
      expect(pageIn(await ask('GET', `${requestsPath}${filter}`, { as: 'megan' })).value).toEqual([asked])
    }
    expect(requestIn(await ask('GET', path, { as: 'megan' }))).toEqual(asked)
  })

  test('keeps it from nothing of its own, not even about the same object id', async () => {
    const { ask, work } = await openPostgresWorld(issuer, { profiles })
    const [contosos, northwinds] = [await submit(ask, 'lena'), await submit(ask, 'omar')]
    expect(northwinds).not.toBe(contosos)
    await ask('POST', `${contosos}/approve`, { as: 'megan' })
    await work()
    expect(requestIn(await ask('GET', contosos, { as: 'megan' })).state).toBe('completed')
    expect(rowOf(await ask('GET', northwinds, { as: 'megan' }))).toEqual(notFound(idIn(northwinds)))
    const { value } = pageIn(await ask('GET', requestsPath, { as: 'omar' }))
    expect(value).toMatchObject([{ id: idIn(northwinds), state: 'pendingApproval' }])
  })
})

test('what the database refuses as no outage would is a 500, and the log has its code and constraint alone', async () => {
  const { ask, database, logged, problems } = await openPostgresWorld(issuer, { profiles })
  await database.run(
    `alter table lethe.removal_subject add constraint nobody_at_all check (user_id is null) not valid`,
  )

  const answer = await ask('POST', removePath(bob.userId), { as: 'lena' })

  expect(rowOf(answer)).toEqual(unexpected)
  const [line = ''] = logged.filter(text => text.includes('unexpected error'))
  expect(line).toContain('"code":"23514","constraint":"nobody_at_all"')
  expect(logged.join('')).not.toContain(bob.userId)
  expect(problems).toEqual([])
})
