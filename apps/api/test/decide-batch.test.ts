import { createHash, randomUUID } from 'node:crypto'
import { BatchCollection, BatchDecisionResource, BatchResource } from '@lethe/api-contract'
import { BatchResponse } from '@lethe/graph-contract'
import { afterAll, describe, expect, test } from 'vitest'
import { type Answer, jsonOf, rowOf } from './making/answer.js'
import type { Ask } from './making/asking.js'
import { decoded, present } from './making/decoded.js'
import { openIssuer } from './making/issuer.js'
import { oidOf, type PersonName } from './making/people.js'
import { contoso, crowd } from './making/places.js'
import { pageIn, pathOf as pathIn, requestIn, requestsPath } from './making/requests.js'
import { denied, invalidGuid, notFound } from './making/rows.js'
import { giveUp } from './making/working.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const many = crowd(25)
const openCrowd = () => openWorld(issuer, { profiles: new Map([[contoso, many]]) })

const batchIn = (answer: Answer) => decoded(BatchResource)(jsonOf(answer))
const decisionIn = (answer: Answer) => decoded(BatchDecisionResource)(jsonOf(answer))
const pathOf = (batchId: string): string => `/lethe/v1/batches/${batchId}`

/** Asks for the removal of these in one batch, 20 at a time. */
const send = async (ask: Ask, batchId: string, users: typeof many, as: PersonName = 'lena') => {
  const statuses: Array<number> = []
  for (let from = 0; from < users.length; from += 20) {
    const requests = users.slice(from, from + 20).map(({ userId }, index) => ({
      id: String(index),
      method: 'POST',
      url: '/removalRequests',
      headers: { 'Content-Type': 'application/json' },
      body: { userId, batchId },
    }))
    const answer = await ask('POST', '/lethe/v1/$batch', { as, body: { requests } })
    statuses.push(...decoded(BatchResponse)(jsonOf(answer)).responses.map(({ status }) => status))
  }
  return statuses
}

const sent = async () => {
  const world = openCrowd()
  const batchId = randomUUID()
  await send(world.ask, batchId, many)
  const preview = batchIn(await world.ask('GET', pathOf(batchId), { as: 'megan' }))
  const statesOf = async (): Promise<ReadonlySet<string>> => {
    const page = pageIn(await world.ask('GET', `${requestsPath}?batchId=${batchId}`, { as: 'megan' }))
    return new Set(page.value.map(({ state }) => state))
  }
  return { ...world, batchId, preview, statesOf }
}

const listIn = (answer: Answer) => decoded(BatchCollection)(jsonOf(answer))

describe('the list of batches', () => {
  test('has the newest first, page by page, and each as it stands', async () => {
    const { ask, batchId: first, preview } = await sent()
    const second = randomUUID()
    await ask('POST', `${pathOf(first)}/deny`, {
      as: 'megan',
      body: { digest: preview.digest, code: 'legalClaims' },
    })
    await send(ask, second, many.slice(0, 2))

    const page = listIn(await ask('GET', '/lethe/v1/batches?$top=1', { as: 'pradeep' }))
    const link = present(page['@odata.nextLink'])
    const next = listIn(await ask('GET', pathIn(link), { as: 'pradeep' }))

    expect(page.value).toMatchObject([
      { id: second, count: 2, states: [{ state: 'pendingApproval', count: 2 }] },
    ])
    expect(new URL(link).pathname).toBe('/lethe/v1/batches')
    expect(next.value).toMatchObject([
      { id: first, count: many.length, states: [{ state: 'denied', count: many.length }], dueDateTime: null },
    ])
    expect(next['@odata.nextLink']).toBeUndefined()
    const waiting = listIn(await ask('GET', '/lethe/v1/batches?state=pendingApproval', { as: 'pradeep' }))
    expect(waiting.value.map(({ id }) => id)).toEqual([second])
  })

  test('holds nothing of another tenant', async () => {
    const { ask } = await sent()
    expect(listIn(await ask('GET', '/lethe/v1/batches', { as: 'omar' })).value).toEqual([])
  })

  test.each(['state=lost', '$top=0', '$top=101', '$skiptoken=zebra', 'userId=x', '$top=1&$top=2'])(
    'is not given for ?%s',
    async query => {
      const answer = await openCrowd().ask('GET', `/lethe/v1/batches?${query}`, { as: 'megan' })
      expect(answer.status).toBe(400)
      expect(answer.text).not.toContain('zebra')
    },
  )
})

describe('a batch and its maker', () => {
  test('shows who made it, and when it was closed', async () => {
    const { ask, batchId, preview } = await sent()
    expect(preview).toMatchObject({ madeBy: { userId: oidOf('lena') }, closedDateTime: null })

    await ask('POST', `${pathOf(batchId)}/approve`, { as: 'megan', body: { digest: preview.digest } })

    const after = batchIn(await ask('GET', pathOf(batchId), { as: 'megan' }))
    expect(after.closedDateTime).not.toBeNull()
    const [listed] = listIn(await ask('GET', '/lethe/v1/batches', { as: 'megan' })).value
    expect(listed?.closedDateTime).toBe(after.closedDateTime)
  })

  test('takes requests of its maker alone, and none once it was decided', async () => {
    const { ask, logged } = openCrowd()
    const batchId = randomUUID()
    const [one, two, three] = [many.slice(0, 1), many.slice(1, 2), many.slice(2, 3)]
    await send(ask, batchId, one)
    expect(await send(ask, batchId, two, 'adele')).toEqual([403])
    expect(logged.join()).toContain('notBatchMaker')
    expect(await send(ask, batchId, two)).toEqual([201])
    const { digest } = batchIn(await ask('GET', pathOf(batchId), { as: 'megan' }))

    await ask('POST', `${pathOf(batchId)}/deny`, { as: 'megan', body: { digest, code: 'duplicate' } })

    expect(await send(ask, batchId, three)).toEqual([409])
    expect(await send(ask, batchId, [...one, ...two])).toEqual([200, 200])
    expect(await send(ask, batchId, three, 'adele')).toEqual([403])
  })

  test('may be an application, under contract graph', async () => {
    const { ask } = openWorld(issuer, {
      profiles: new Map([[contoso, many]]),
      environment: { LETHE_CONTRACT: 'graph' },
    })
    const batchId = randomUUID()

    expect(await send(ask, batchId, many.slice(0, 1), 'appReadWrite')).toEqual([201])
    expect(await send(ask, batchId, many.slice(1, 2), 'lena')).toEqual([403])
    expect(await send(ask, batchId, many.slice(1, 2), 'appReadWrite')).toEqual([201])
    expect(batchIn(await ask('GET', pathOf(batchId), { as: 'megan' })).madeBy).toMatchObject({
      userId: null,
    })
  })

  test('has all of it decided, also what was asked for elsewhere before', async () => {
    const { ask, batchId: before } = await sent()
    const batchId = randomUUID()
    const five = many.slice(0, 5)
    expect(new Set(await send(ask, batchId, five, 'adele'))).toEqual(new Set([200]))
    const { count, digest } = batchIn(await ask('GET', pathOf(batchId), { as: 'megan' }))
    expect(count).toBe(5)

    await ask('POST', `${pathOf(batchId)}/approve`, { as: 'megan', body: { digest } })

    for (const [id, approved] of [
      [batchId, 5],
      [before, 5],
    ] as const) {
      const { value } = pageIn(
        await ask('GET', `${requestsPath}?batchId=${id}&state=approved`, { as: 'megan' }),
      )
      expect(value).toHaveLength(approved)
    }
    const { states } = batchIn(await ask('GET', pathOf(before), { as: 'megan' }))
    expect(new Map(states.map(({ state, count: counted }) => [state, counted]))).toEqual(
      new Map([
        ['pendingApproval', many.length - 5],
        ['approved', 5],
      ]),
    )
  })
})

describe('a batch of requests', () => {
  test('is made in parts, and sent again makes nothing twice', async () => {
    const { ask } = openCrowd()
    const batchId = randomUUID()

    expect(new Set(await send(ask, batchId, many))).toEqual(new Set([201]))
    expect(new Set(await send(ask, batchId, many))).toEqual(new Set([200]))

    const all = pageIn(await ask('GET', requestsPath, { as: 'megan' })).value
    expect(all).toHaveLength(many.length)
    expect(new Set(all.map(request => request.batchId))).toEqual(new Set([batchId]))
  })

  test('shows what an approver decides on', async () => {
    const { ask, batchId, preview } = await sent()
    const all = pageIn(await ask('GET', `${requestsPath}?batchId=${batchId}`, { as: 'megan' })).value
    const ids = all.map(({ id }) => id).toSorted()

    expect(preview).toMatchObject({
      id: batchId,
      count: many.length,
      digest: createHash('sha256')
        .update(ids.map(id => `${id}\n`).join(''))
        .digest('hex'),
      states: [{ state: 'pendingApproval', count: many.length }],
      dueDateTime: all[0]?.dueDateTime,
    })
    expect(preview.sample).toHaveLength(10)
    expect(preview.homeTenants.reduce((sum, { count }) => sum + count, 0)).toBe(many.length)
  })

  test('is approved as one, by its digest, and then removed', async () => {
    const { ask, work, batchId, preview, statesOf } = await sent()

    const approved = await ask('POST', `${pathOf(batchId)}/approve`, {
      as: 'megan',
      body: { digest: preview.digest },
    })

    expect(decisionIn(approved)).toEqual({ id: batchId, decided: many.length, refused: [], next: null })
    await work()
    expect(await statesOf()).toEqual(new Set(['completed']))
  })

  test('is denied as one', async () => {
    const { ask, batchId, preview, statesOf } = await sent()
    const body = { digest: preview.digest, code: 'legalClaims', note: 'A case is open.' }

    const answer = await ask('POST', `${pathOf(batchId)}/deny`, { as: 'megan', body })

    expect(decisionIn(answer).decided).toBe(many.length)
    expect(await statesOf()).toEqual(new Set(['denied']))
    const page = pageIn(await ask('GET', `${requestsPath}?batchId=${batchId}`, { as: 'megan' }))
    expect(page.value[0]?.denial).toMatchObject({ code: 'legalClaims', note: 'A case is open.' })
  })

  test('that has changed since is not decided', async () => {
    const { ask } = openCrowd()
    const batchId = randomUUID()
    await send(ask, batchId, many.slice(1))
    const { digest } = batchIn(await ask('GET', pathOf(batchId), { as: 'megan' }))
    await send(ask, batchId, many.slice(0, 1))

    const answer = await ask('POST', `${pathOf(batchId)}/approve`, { as: 'megan', body: { digest } })

    expect(rowOf(answer)).toMatchObject({ status: 409 })
    const page = pageIn(await ask('GET', requestsPath, { as: 'megan' }))
    expect(new Set(page.value.map(({ state }) => state))).toEqual(new Set(['pendingApproval']))
  })

  test('is decided by nobody but those who may, and not by guests', async () => {
    const { ask, batchId, preview, statesOf } = await sent()
    for (const as of ['lena', 'pradeep', 'scopeOnly', 'roleOnly', 'guestApprover'] as const)
      expect(
        rowOf(await ask('POST', `${pathOf(batchId)}/approve`, { as, body: { digest: preview.digest } })),
      ).toEqual(denied)
    expect(await statesOf()).toEqual(new Set(['pendingApproval']))
  })

  test('is not decided inside a $batch, where it can be looked at', async () => {
    const { ask, batchId, preview, statesOf } = await sent()
    const { digest } = preview
    const json = { 'Content-Type': 'application/json' }
    const item = (id: string, method: string, url: string, body: unknown = null) => ({
      id,
      method,
      url,
      body,
      headers: json,
    })
    const requests = [
      item('approve', 'POST', `/batches/${batchId}/approve`, { digest }),
      item('deny', 'POST', `/batches/${batchId}/deny`, { digest, code: 'legalClaims' }),
      item('retry', 'POST', `/batches/${batchId}/retry`, {}),
      item('withdraw', 'POST', `/batches/${batchId}/withdraw`, {}),
      item('look', 'GET', `/batches/${batchId}`),
    ]

    const answer = await ask('POST', '/lethe/v1/$batch', { as: 'megan', body: { requests } })

    const { responses } = decoded(BatchResponse)(jsonOf(answer))
    expect(responses.map(({ id, status }) => [id, status])).toEqual([
      ['approve', 400],
      ['deny', 400],
      ['retry', 400],
      ['withdraw', 400],
      ['look', 200],
    ])
    expect(await statesOf()).toEqual(new Set(['pendingApproval']))
  })

  test('in which nothing waits is a conflict, but for who decided it', async () => {
    const { ask, batchId, preview } = await sent()
    const approve = async (as: PersonName) =>
      ask('POST', `${pathOf(batchId)}/approve`, { as, body: { digest: preview.digest } })
    await approve('megan')

    expect(rowOf(await approve('isaiah'))).toMatchObject({
      status: 409,
      message: 'Nothing in the batch waits for approval.',
    })
    expect(decisionIn(await approve('megan'))).toEqual({ id: batchId, decided: 0, refused: [], next: null })
    const body = { digest: preview.digest, code: 'duplicate' }
    expect((await ask('POST', `${pathOf(batchId)}/deny`, { as: 'megan', body })).status).toBe(409)
  })

  test('is withdrawn as one, by the one who may withdraw each of it', async () => {
    const { ask, batchId, statesOf } = await sent()
    const withdraw = async (as: PersonName) => ask('POST', `${pathOf(batchId)}/withdraw`, { as })

    expect(rowOf(await withdraw('pradeep'))).toEqual(denied)
    expect(decisionIn(await withdraw('adele'))).toEqual({
      id: batchId,
      decided: 0,
      refused: [{ reason: 'NotSubmitter', count: many.length }],
      next: null,
    })
    expect(decisionIn(await withdraw('lena')).decided).toBe(many.length)
    expect(await statesOf()).toEqual(new Set(['withdrawn']))
    expect(rowOf(await withdraw('omar'))).toEqual(notFound(batchId))
  })

  test('is retried as one, where it failed', async () => {
    const { ask, work, composition, batchId, preview, statesOf } = await sent()
    await ask('POST', `${pathOf(batchId)}/approve`, { as: 'megan', body: { digest: preview.digest } })
    await giveUp(composition)
    expect(await statesOf()).toEqual(new Set(['failed']))
    const retry = async (as: PersonName, body?: object) =>
      ask('POST', `${pathOf(batchId)}/retry`, { as, ...(body === undefined ? {} : { body }) })
    const ids = pageIn(await ask('GET', `${requestsPath}?batchId=${batchId}`, { as: 'megan' })).value.map(
      ({ id }) => id,
    )

    expect(rowOf(await retry('pradeep'))).toEqual(denied)
    expect((await retry('lena', { digest: preview.digest })).status).toBe(400)
    expect(decisionIn(await retry('lena', { after: ids.toSorted()[4] })).decided).toBe(many.length - 5)
    expect(decisionIn(await retry('megan', {})).decided).toBe(5)

    await work()
    expect(await statesOf()).toEqual(new Set(['completed']))
  })

  test('of another tenant is not there', async () => {
    const { ask, batchId, preview } = await sent()
    expect(rowOf(await ask('GET', pathOf(batchId), { as: 'omar' }))).toEqual(notFound(batchId))
    const body = { digest: preview.digest }
    expect(rowOf(await ask('POST', `${pathOf(batchId)}/approve`, { as: 'omar', body }))).toEqual(
      notFound(batchId),
    )
  })

  test.each([
    [{}],
    [{ digest: 'abc' }],
    [{ digest: 'g'.repeat(64) }],
    [{ digest: 'a'.repeat(64), after: 'x' }],
    [{ digest: 'a'.repeat(64), all: true }],
    [[]],
  ])('is not decided with %j', async body => {
    const { ask, batchId } = await sent()
    expect((await ask('POST', `${pathOf(batchId)}/approve`, { as: 'megan', body })).status).toBe(400)
  })

  test('has an id that is a GUID', async () => {
    const { ask } = openCrowd()
    expect(rowOf(await ask('GET', pathOf('mine'), { as: 'megan' }))).toEqual(invalidGuid('mine'))
    const body = { userId: many[0]?.userId, batchId: 'mine' }
    expect((await ask('POST', requestsPath, { as: 'lena', body })).status).toBe(400)
  })

  test('of one request is what a request alone is', async () => {
    const { ask } = openCrowd()
    const batchId = randomUUID()
    const body = { userId: many[0]?.userId, batchId }

    const request = requestIn(await ask('POST', requestsPath, { as: 'lena', body }))

    expect(request.batchId).toBe(batchId)
    expect(requestIn(await ask('GET', `${requestsPath}/${request.id}`, { as: 'megan' }))).toEqual(request)
  })
})
