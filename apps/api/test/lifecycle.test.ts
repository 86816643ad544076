import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { errorOf, reasonOf, rowOf } from './making/answer.js'
import { openIssuer } from './making/issuer.js'
import { oidOf, people } from './making/people.js'
import { bob, carol, contoso, nobody } from './making/places.js'
import { publicUrl } from './making/environment.js'
import {
  historyIn,
  locationIn,
  pageIn,
  profilesPath,
  removePath,
  requestIn,
  requestsPath,
  submit,
} from './making/requests.js'
import { badRequest, denied, invalidGuid, notFound } from './making/rows.js'
import { openWorld, refusing } from './making/world.js'
import { giveUp } from './making/working.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const adminPortal = 'abababab-0000-4000-8000-000000000001'
const byLena = { userId: oidOf('lena'), appId: adminPortal }
const byMegan = { userId: oidOf('megan'), appId: adminPortal }

describe('from the request to the end', () => {
  test('a removal is asked for, approved, done and verified', async () => {
    const { ask, work } = openWorld(issuer)
    const path = await submit(ask)
    const asked = requestIn(await ask('GET', path, { as: 'lena' }))
    expect(asked).toMatchObject({
      userId: bob.userId,
      resourceTenantId: contoso,
      state: 'pendingApproval',
      submittedBy: byLena,
      receivedDateTime: asked.submittedDateTime,
      expiryDateTime: null,
      approvalsRequired: 1,
      approvals: [],
      denial: null,
      withdrawal: null,
      failure: null,
      outcome: null,
      completedDateTime: null,
      holders: [{ name: 'graph', state: 'pending', attempts: 0 }],
    })
    await work()
    expect((await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'lena' })).status).toBe(200)

    const approved = requestIn(await ask('POST', `${path}/approve`, { as: 'megan' }))
    expect(approved).toMatchObject({ state: 'approved', approvals: [{ by: byMegan }] })
    await work()

    expect(requestIn(await ask('GET', path, { as: 'pradeep' }))).toMatchObject({
      userId: bob.userId,
      state: 'completed',
      outcome: 'verifiedAbsent',
      holders: [{ name: 'graph', state: 'verifiedAbsent', attempts: 1 }],
    })
    expect(rowOf(await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'lena' }))).toEqual(
      notFound(bob.userId),
    )
    expect(rowOf(await ask('POST', removePath(bob.userId), { as: 'lena' }))).toEqual(notFound(bob.userId))
  })

  test('date-times are in UTC, without a fraction of zero', async () => {
    const { ask } = openWorld(issuer)
    const made = await ask('POST', requestsPath, {
      as: 'lena',
      body: {
        userId: bob.userId,
        receivedDateTime: '2026-01-31T23:30:00+01:00',
        receivedConfirmed: true,
      },
    })
    expect(made.text).toContain('"receivedDateTime":"2026-01-31T22:30:00Z"')
    // One month on there is no 31st, and the last day of February 2026 is a Saturday.
    expect(made.text).toContain('"dueDateTime":"2026-03-02T23:59:59Z"')
  })

  test('nobody needs to approve under an automatic policy', async () => {
    const { ask, work } = openWorld(issuer, { environment: { LETHE_APPROVALS: 'automatic' } })
    const path = await submit(ask)
    expect(requestIn(await ask('GET', path, { as: 'lena' }))).toMatchObject({
      state: 'approved',
      approvalsRequired: 0,
    })
    await work()
    expect(requestIn(await ask('GET', path, { as: 'lena' })).state).toBe('completed')
  })

  test('an application asks under contract graph', async () => {
    const { ask } = openWorld(issuer, { environment: { LETHE_CONTRACT: 'graph' } })
    const path = await submit(ask, 'appReadWrite')
    expect(requestIn(await ask('GET', path, { as: 'megan' })).submittedBy).toEqual({
      userId: null,
      appId: people.appReadWrite['azp'],
    })
  })
})

describe('asking again', () => {
  test('joins the open request, on either route', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask, 'lena')
    expect(await submit(ask, 'lena')).toBe(path)
    expect(await submit(ask, 'adele')).toBe(path)
    const own = await ask('POST', requestsPath, { as: 'adele', body: { userId: bob.userId.toUpperCase() } })
    expect(own.status).toBe(200)
    expect(own.headers.get('Location')).toBe(`${publicUrl}${path}`)
    expect(requestIn(own)).toEqual(requestIn(await ask('GET', path, { as: 'megan' })))
    expect(requestIn(own).submittedBy).toEqual(byLena)
    expect(pageIn(await ask('GET', requestsPath, { as: 'megan' })).value).toHaveLength(1)
  })

  test('shows who asked again, and what that brought', async () => {
    const { ask } = openWorld(issuer)
    const batchId = randomUUID()
    const path = await submit(ask, 'lena')
    const receivedDateTime = new Date(Date.now() - 10 * 86_400_000).toISOString()
    const first = requestIn(await ask('GET', path, { as: 'megan' }))

    const body = { userId: bob.userId, receivedDateTime, batchId }
    const joined = requestIn(await ask('POST', requestsPath, { as: 'adele', body }))

    expect(joined).toMatchObject({
      batchId: null,
      batchIds: [batchId],
      submittedBy: byLena,
      joins: [{ by: { userId: oidOf('adele') }, batchId, receivedDateTime }],
      receivedDateTime,
    })
    expect(joined.dueDateTime < first.dueDateTime).toBe(true)
    const again = requestIn(await ask('POST', requestsPath, { as: 'adele', body }))
    expect(again).toEqual(joined)
    const { value } = historyIn(await ask('GET', `${path}/history`, { as: 'megan' }))
    expect(value.map(({ envelope }) => envelope.type)).toEqual(['removalRequested', 'requestJoined'])
  })

  test('lets the one who joined approve, and not the one who submitted', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask, 'lena')
    await submit(ask, 'allPowerful')
    expect((await ask('POST', `${path}/approve`, { as: 'allPowerful' })).status).toBe(200)

    const own = await submit(ask, 'allPowerful', carol.userId)
    await submit(ask, 'lena', carol.userId)
    expect(rowOf(await ask('POST', `${own}/approve`, { as: 'allPowerful' }))).toEqual(denied)
  })

  test.each(['lena', 'adele'] as const)('by %s retries what failed', async as => {
    const { ask, work, composition } = openWorld(issuer)
    const path = await submit(ask, 'lena')
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await giveUp(composition)
    expect(requestIn(await ask('GET', path, { as: 'megan' })).state).toBe('failed')

    expect(await submit(ask, as)).toBe(path)

    await work()
    expect(requestIn(await ask('GET', path, { as: 'megan' })).state).toBe('completed')
  })

  test('by an application under contract graph retries what failed', async () => {
    const { ask, work, composition } = openWorld(issuer, { environment: { LETHE_CONTRACT: 'graph' } })
    const path = await submit(ask, 'appReadWrite')
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await giveUp(composition)
    expect((await ask('POST', `${path}/retry`, { as: 'appReadWrite' })).status).toBe(403)

    expect(await submit(ask, 'appReadWrite')).toBe(path)

    await work()
    expect(requestIn(await ask('GET', path, { as: 'megan' })).state).toBe('completed')
  })

  test('makes one request, however many ask at once', async () => {
    const { ask } = openWorld(issuer)
    const asked = await Promise.all(
      Array.from({ length: 20 }, () => ask('POST', removePath(bob.userId), { as: 'lena' })),
    )
    expect(new Set(asked.map(locationIn)).size).toBe(1)
    expect(pageIn(await ask('GET', requestsPath, { as: 'megan' })).value).toHaveLength(1)
  })

  test.each([
    ['deny', 'megan', { code: 'duplicate' }],
    ['withdraw', 'lena', undefined],
  ] as const)('after %s makes a new one', async (action, as, body) => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask)
    await ask('POST', `${path}/${action}`, { as, body })
    const second = await submit(ask)
    expect(second).not.toBe(path)
    expect(pageIn(await ask('GET', requestsPath, { as: 'megan' })).value).toHaveLength(2)
  })
})

describe("Lethe's own route to ask", () => {
  const post = (body: unknown) => openWorld(issuer).ask('POST', requestsPath, { as: 'adele', body })

  test('is 201 with the request and where it is', async () => {
    const { ask } = openWorld(issuer)
    const made = await ask('POST', requestsPath, { as: 'adele', body: { userId: carol.userId } })
    expect(made.status).toBe(201)
    const { id, userId, state } = requestIn(made)
    expect({ userId, state }).toEqual({ userId: carol.userId, state: 'pendingApproval' })
    expect(made.headers.get('Location')).toBe(`${publicUrl}${requestsPath}/${id}`)
  })

  test('takes no receipt in the future', async () => {
    const receivedDateTime = new Date(Date.now() + 60_000).toISOString()
    expect(rowOf(await post({ userId: bob.userId, receivedDateTime }))).toEqual(
      badRequest('receivedDateTime is in the future.'),
    )
  })

  test('takes a receipt of over a year ago only where it is confirmed', async () => {
    const { ask } = openWorld(issuer)
    const make = (body: object) =>
      ask('POST', requestsPath, { as: 'adele', body: { userId: bob.userId, ...body } })
    const receivedDateTime = '0001-01-01T00:00:00Z'
    for (const body of [{ receivedDateTime }, { receivedDateTime, receivedConfirmed: false }]) {
      const answer = await make(body)
      expect(reasonOf(answer)).toEqual({ reason: 'receivedNotConfirmed' })
      expect(rowOf(answer)).toEqual(
        badRequest(
          'receivedDateTime is over a year ago. Check it. Where it is right, send "receivedConfirmed": true as well.',
        ),
      )
    }
    expect(pageIn(await ask('GET', requestsPath, { as: 'megan' })).value).toEqual([])
    expect((await make({ receivedDateTime, receivedConfirmed: true })).status).toBe(201)
    const lastMonth = new Date(Date.now() - 30 * 86_400_000).toISOString()
    expect((await make({ receivedDateTime: lastMonth })).status).toBe(200)
  })

  test.each([
    {},
    [],
    null,
    { userId: bob.userId, receivedConfirmed: 'secret' },
    { userId: 'bob@secret.example' },
    { userId: bob.userId, secretProperty: 1 },
    { userId: bob.userId, receivedDateTime: 'secret yesterday' },
    { userId: bob.userId, receivedDateTime: '2026-02-30T00:00:00Z' },
    { userId: bob.userId, receivedDateTime: null },
  ])('takes no %j, and repeats nothing of it', async body => {
    const answer = await post(body)
    expect(rowOf(answer)).toMatchObject({ status: 400, code: 'BadRequest' })
    expect(errorOf(answer).message).toMatch(/^Malformed body: /)
    expect(answer.text).not.toContain('secret')
  })
})

describe('approval', () => {
  test('is not by whoever asked', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask, 'allPowerful')
    expect(rowOf(await ask('POST', `${path}/approve`, { as: 'allPowerful' }))).toEqual(denied)
    expect(requestIn(await ask('GET', path, { as: 'megan' }))).toMatchObject({
      state: 'pendingApproval',
      approvals: [],
    })
  })

  test('is not by whoever asked, through another application', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask, 'allPowerful')
    const token = await issuer.tokenOf('allPowerful', {
      claims: { azp: 'abababab-0000-4000-8000-000000000002', oid: oidOf('allPowerful').toUpperCase() },
    })
    const answer = await ask('POST', `${path}/approve`, { headers: { Authorization: `Bearer ${token}` } })
    expect(rowOf(answer)).toEqual(denied)
  })

  test('is not by a guest', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask)
    expect(rowOf(await ask('POST', `${path}/approve`, { as: 'guestApprover' }))).toEqual(denied)
    expect(requestIn(await ask('GET', path, { as: 'megan' })).state).toBe('pendingApproval')
  })

  test('again by the same person changes nothing, in any later state', async () => {
    const { ask, work } = openWorld(issuer)
    const path = await submit(ask)
    const first = requestIn(await ask('POST', `${path}/approve`, { as: 'megan' }))
    const again = await ask('POST', `${path}/approve`, { as: 'megan' })
    expect(again.status).toBe(200)
    expect(requestIn(again)).toEqual(first)
    await work()
    const completed = requestIn(await ask('GET', path, { as: 'megan' }))
    expect(requestIn(await ask('POST', `${path}/approve`, { as: 'megan' }))).toEqual(completed)
    expect(completed.state).toBe('completed')
  })

  test('takes two people where two are required', async () => {
    const { ask, work } = openWorld(issuer, { environment: { LETHE_APPROVALS: '2' } })
    const path = await submit(ask)
    const once = requestIn(await ask('POST', `${path}/approve`, { as: 'megan' }))
    const twice = requestIn(await ask('POST', `${path}/approve`, { as: 'megan' }))
    expect(once).toMatchObject({
      state: 'pendingApproval',
      approvalsRequired: 2,
      approvals: [{ by: byMegan }],
    })
    expect(twice).toEqual(once)
    await work()
    expect((await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'megan' })).status).toBe(200)
    const both = requestIn(await ask('POST', `${path}/approve`, { as: 'isaiah' }))
    expect(both).toMatchObject({ state: 'approved', approvals: [{}, {}] })
    await work()
    expect(requestIn(await ask('GET', path, { as: 'megan' })).state).toBe('completed')
  })

  test('by ten at once counts each person once', async () => {
    const { ask } = openWorld(issuer, { environment: { LETHE_APPROVALS: '3' } })
    const path = await submit(ask)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        ask('POST', `${path}/approve`, { as: index % 2 === 0 ? 'megan' : 'isaiah' }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const { state, approvals } = requestIn(await ask('GET', path, { as: 'megan' }))
    expect({ state, approvers: new Set(approvals.map(({ by }) => by?.userId)) }).toEqual({
      state: 'pendingApproval',
      approvers: new Set([oidOf('megan'), oidOf('isaiah')]),
    })
  })

  test('takes no body', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask)
    const row = badRequest('This action does not take a request body.')
    for (const action of ['approve', 'withdraw', 'retry'])
      expect(rowOf(await ask('POST', `${path}/${action}`, { as: 'megan', body: { note: 'x' } }))).toEqual(row)
    const headers = { 'Content-Type': '' }
    expect((await ask('POST', `${path}/approve`, { as: 'megan', headers })).status).toBe(200)
  })

  test.each([
    [`${requestsPath}/nope`, invalidGuid('nope')],
    [`${requestsPath}/${nobody}`, notFound(nobody)],
  ])('of %s', async (path, row) => {
    const { ask } = openWorld(issuer)
    for (const action of ['approve', 'withdraw', 'retry'])
      expect(rowOf(await ask('POST', `${path}/${action}`, { as: 'megan' }))).toEqual(row)
    expect(rowOf(await ask('GET', path, { as: 'megan' }))).toEqual(row)
    expect(rowOf(await ask('GET', `${path}/history`, { as: 'megan' }))).toEqual(row)
  })
})

describe('denial', () => {
  test.each([
    'freedomOfExpression',
    'legalObligation',
    'publicHealth',
    'archivingInPublicInterest',
    'legalClaims',
    'identityNotVerified',
    'notInboundUser',
    'duplicate',
  ])('for %s', async code => {
    const { ask, work } = openWorld(issuer)
    const path = await submit(ask)
    const answer = await ask('POST', `${path}/deny`, { as: 'megan', body: { code } })
    expect(answer.status).toBe(200)
    expect(requestIn(answer)).toMatchObject({
      state: 'denied',
      denial: { code, note: null, by: byMegan },
    })
    await work()
    expect((await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'megan' })).status).toBe(200)
  })

  test('with a note of 2000 characters', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask)
    const note = 'é'.repeat(2000)
    const answer = await ask('POST', `${path}/deny`, { as: 'megan', body: { code: 'other', note } })
    expect(requestIn(answer).denial?.note).toBe(note)
    const history = await ask('GET', `${path}/history`, { as: 'megan' })
    expect(history.text).not.toContain('é')
  })

  test('with the code other needs a note', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask)
    expect(rowOf(await ask('POST', `${path}/deny`, { as: 'megan', body: { code: 'other' } }))).toEqual(
      badRequest("The code 'other' needs a note."),
    )
    expect(requestIn(await ask('GET', path, { as: 'megan' })).state).toBe('pendingApproval')
  })

  test.each([
    {},
    { code: 'secretCode' },
    { code: 'legalClaims', secret: true },
    { code: 'legalClaims', note: 'secret'.padEnd(2001, '!') },
    { code: 'legalClaims', note: ' ' },
    { code: 'legalClaims', note: ['secret'] },
    { code: 'toString' },
    { note: 'secret' },
  ])('takes no %j, and repeats nothing of it', async body => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask)
    const answer = await ask('POST', `${path}/deny`, { as: 'megan', body })
    expect(rowOf(answer)).toMatchObject({ status: 400, code: 'BadRequest' })
    expect(answer.text).not.toContain('secret')
    expect(requestIn(await ask('GET', path, { as: 'megan' })).state).toBe('pendingApproval')
  })

  test('again with another note keeps the first one, and shows it', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask)
    const deny = (note: string) =>
      ask('POST', `${path}/deny`, { as: 'megan', body: { code: 'duplicate', note } })
    const first = requestIn(await deny('The first'))
    expect(requestIn(await deny('The second'))).toEqual(first)
    expect(first.denial?.note).toBe('The first')
  })

  test('again with the same code changes nothing; with another it is 409', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask)
    const deny = (as: 'megan' | 'isaiah', code: string) => ask('POST', `${path}/deny`, { as, body: { code } })
    const first = requestIn(await deny('megan', 'duplicate'))
    expect(requestIn(await deny('megan', 'duplicate'))).toEqual(first)
    expect((await deny('megan', 'legalClaims')).status).toBe(409)
    expect((await deny('isaiah', 'duplicate')).status).toBe(409)
  })
})

describe('withdrawal', () => {
  test('of one’s own request', async () => {
    const { ask, work } = openWorld(issuer)
    const path = await submit(ask)
    const answer = await ask('POST', `${path}/withdraw`, { as: 'lena' })
    expect(requestIn(answer)).toMatchObject({ state: 'withdrawn', withdrawal: { by: byLena } })
    expect(requestIn(await ask('POST', `${path}/withdraw`, { as: 'lena' }))).toEqual(requestIn(answer))
    expect((await ask('POST', `${path}/withdraw`, { as: 'megan' })).status).toBe(409)
    await work()
    expect((await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'megan' })).status).toBe(200)
  })

  test('of another’s is for approvers', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask)
    expect(rowOf(await ask('POST', `${path}/withdraw`, { as: 'adele' }))).toEqual(denied)
    expect(requestIn(await ask('POST', `${path}/withdraw`, { as: 'isaiah' })).state).toBe('withdrawn')
  })

  test('after the approval keeps the worker from it', async () => {
    const { ask, work } = openWorld(issuer)
    const path = await submit(ask)
    await ask('POST', `${path}/approve`, { as: 'megan' })
    expect(requestIn(await ask('POST', `${path}/withdraw`, { as: 'lena' })).state).toBe('withdrawn')
    await work()
    expect((await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'lena' })).status).toBe(200)
    expect(requestIn(await ask('GET', path, { as: 'lena' })).state).toBe('withdrawn')
  })
})

describe('retrying', () => {
  test.each(['lena', 'megan'] as const)('%s takes a failed request up again', async as => {
    const { ask, work, composition } = openWorld(issuer)
    const path = await submit(ask)
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await giveUp(composition)
    expect(requestIn(await ask('GET', path, { as: 'megan' }))).toMatchObject({
      state: 'failed',
      failure: { reason: 'workerFailed', holder: null },
    })
    const retried = await ask('POST', `${path}/retry`, { as })
    expect(retried.status).toBe(200)
    expect(requestIn(retried)).toMatchObject({ failure: null })
    await work()
    expect(requestIn(await ask('GET', path, { as: 'megan' }))).toMatchObject({
      state: 'completed',
      outcome: 'verifiedAbsent',
    })
  })
})

describe('a failed request', () => {
  const conflict = (message: string) => ({ status: 409, code: 'Conflict', message })

  test('can be withdrawn, and not closed, while no holder was called', async () => {
    const { ask, composition } = openWorld(issuer)
    const path = await submit(ask)
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await giveUp(composition)
    expect(
      rowOf(await ask('POST', `${path}/close`, { as: 'megan', body: { code: 'cannotBeDone' } })),
    ).toEqual(
      conflict(
        'No data holder was called, so that nothing was removed. Retry the removal request or withdraw it.',
      ),
    )
    expect(requestIn(await ask('POST', `${path}/withdraw`, { as: 'lena' })).state).toBe('withdrawn')
  })

  test('can be closed, and not withdrawn, once a holder was called', async () => {
    const { ask, work } = openWorld(issuer, { dataPlane: refusing })
    const path = await submit(ask)
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await work()
    for (const as of ['lena', 'megan'] as const) {
      const withdraw = await ask('POST', `${path}/withdraw`, { as })
      expect(reasonOf(withdraw)).toEqual({ reason: 'holderCalled' })
      expect(rowOf(withdraw)).toEqual(
        conflict(
          'A data holder was called, so that data may have been removed. Retry the removal request or close it.',
        ),
      )
    }

    const body = { code: 'other', note: 'Removed by hand' }
    const closed = await ask('POST', `${path}/close`, { as: 'megan', body })
    expect(requestIn(closed)).toMatchObject({
      state: 'abandoned',
      failure: null,
      abandonment: {
        ...body,
        by: byMegan,
        effects: 'possible',
        lastLook: [{ holder: 'graph', result: 'present' }],
      },
    })
    const again = await ask('POST', `${path}/close`, { as: 'megan', body: { ...body, note: 'Another' } })
    expect([again.status, requestIn(again)]).toEqual([200, requestIn(closed)])
    expect(requestIn(await ask('GET', path, { as: 'lena' }))).toEqual(requestIn(closed))
    const listed = pageIn(await ask('GET', `${requestsPath}?state=abandoned`, { as: 'lena' }))
    expect(listed.value).toEqual([requestIn(closed)])
    expect(await submit(ask)).not.toBe(path)
  })

  test('is closed for one of five codes', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask)
    for (const code of ['handledManually', 'noLongerWanted', 'cannotBeDone', 'duplicate', 'other'])
      expect(
        (await ask('POST', `${path}/close`, { as: 'megan', body: { code, note: 'A note' } })).status,
      ).toBe(409)
    for (const code of ['legalClaims', 'secretCode'])
      expect((await ask('POST', `${path}/close`, { as: 'megan', body: { code } })).status).toBe(400)
    expect(rowOf(await ask('POST', `${path}/close`, { as: 'megan', body: { code: 'other' } }))).toEqual(
      badRequest("The code 'other' needs a note."),
    )
  })
})

describe('what is not possible in a state is 409', () => {
  const impossible = [
    ['pendingApproval', ['retry', 'close']],
    ['approved', ['approve', 'deny', 'retry', 'close']],
    ['failed', ['approve', 'deny']],
    ['denied', ['approve', 'deny', 'withdraw', 'retry', 'close']],
    ['withdrawn', ['approve', 'deny', 'withdraw', 'retry', 'close']],
    ['completed', ['approve', 'deny', 'withdraw', 'retry', 'close']],
    ['abandoned', ['approve', 'deny', 'withdraw', 'retry', 'close']],
  ] as const

  test.each(impossible)('%s', async (state, actions) => {
    const { ask, work, composition } = openWorld(issuer, state === 'abandoned' ? { dataPlane: refusing } : {})
    const path = await submit(ask)
    if (state !== 'pendingApproval' && state !== 'denied' && state !== 'withdrawn')
      await ask('POST', `${path}/approve`, { as: 'megan' })
    if (state === 'failed') await giveUp(composition)
    if (state === 'completed' || state === 'abandoned') await work()
    if (state === 'abandoned')
      await ask('POST', `${path}/close`, { as: 'megan', body: { code: 'duplicate' } })
    if (state === 'denied') await ask('POST', `${path}/deny`, { as: 'megan', body: { code: 'duplicate' } })
    if (state === 'withdrawn') await ask('POST', `${path}/withdraw`, { as: 'lena' })
    const before = requestIn(await ask('GET', path, { as: 'megan' }))
    expect(before.state).toBe(state)
    for (const action of actions) {
      const body = { deny: { code: 'legalClaims' }, close: { code: 'duplicate' } }
      expect(
        rowOf(
          await ask('POST', `${path}/${action}`, {
            as: 'isaiah',
            body: action === 'deny' || action === 'close' ? body[action] : undefined,
          }),
        ),
      ).toEqual({
        status: 409,
        code: 'Conflict',
        message: `The removal request is in the state '${state}', in which this cannot be done.`,
      })
    }
    expect(requestIn(await ask('GET', path, { as: 'megan' }))).toEqual(before)
  })
})

describe('the history', () => {
  const everybody = Object.values(people).flatMap(claims => [
    String(claims['oid']),
    String(claims['name'] ?? claims['oid']),
    String(claims['preferred_username'] ?? claims['oid']),
    String(claims['azp']),
  ])
  const subjectOf = [bob.userId, bob.displayName, bob.userPrincipalName, 'fabrikam']

  test('is whole, and names nobody', async () => {
    const { ask, work } = openWorld(issuer)
    const path = await submit(ask)
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await work()
    const answer = await ask('GET', `${path}/history`, { as: 'pradeep' })
    const { intact, broken, head, value } = historyIn(answer)
    expect({ intact, broken }).toEqual({ intact: true, broken: null })
    expect(value.map(({ envelope }) => envelope.type)).toEqual([
      'removalRequested',
      'approvalGiven',
      'removalApproved',
      'removalStarted',
      'holderCleared',
      'readBackRecorded',
      'removalCompleted',
    ])
    expect(value.map(({ envelope }) => envelope.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(head).toEqual({ sequence: 7, hash: value.at(-1)?.hash })
    for (const name of [...everybody, ...subjectOf]) expect(answer.text).not.toContain(name)
  })

  test('names nobody who denied, withdrew, retried or closed either', async () => {
    const { ask, work, composition } = openWorld(issuer, { dataPlane: refusing })
    const first = await submit(ask)
    await ask('POST', `${first}/deny`, { as: 'isaiah', body: { code: 'other', note: 'Bob Moreno, again' } })
    const second = await submit(ask)
    await ask('POST', `${second}/approve`, { as: 'megan' })
    await giveUp(composition)
    await ask('POST', `${second}/retry`, { as: 'isaiah' })
    await work()
    await ask('POST', `${second}/close`, {
      as: 'isaiah',
      body: { code: 'other', note: 'Bob Moreno, by hand' },
    })
    const third = await submit(ask, 'adele', carol.userId)
    await ask('POST', `${third}/withdraw`, { as: 'adele' })
    for (const path of [first, second, third]) {
      const answer = await ask('GET', `${path}/history`, { as: 'megan' })
      expect(historyIn(answer).intact).toBe(true)
      for (const name of [...everybody, ...subjectOf, carol.userId]) expect(answer.text).not.toContain(name)
    }
  })
})
