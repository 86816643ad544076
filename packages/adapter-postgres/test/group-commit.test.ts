import {
  approvalOf,
  automatic,
  elementAt,
  recordOf,
  rightOf,
  submissionOf,
  submitted,
  succeed,
  upTo,
} from '@lethe/application/testing'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { holding, waitingForLocks } from './making/database.js'
import { type HarnessWithDatabase, postgresHarness } from './making/harness.js'
import { openStoreOn } from './making/store.js'

let h: HarnessWithDatabase
beforeAll(async () => {
  h = await postgresHarness()
})
afterAll(async () => {
  await h.close()
})

/** How many transactions wrote the rows of a tenant. */
const transactionsOf = async (table: string, tenantId: string): Promise<number> =>
  (await h.database.asOwner(`select distinct xmin from lethe.${table} where tenant_id = '${tenantId}'`))
    .length

describe('submissions at the same time', () => {
  it('are recorded in far fewer transactions than there are of them', async () => {
    const tenantId = h.ids.tenantId()

    const answers = await Promise.all(
      upTo(200).map(async () => succeed(h.store.removalRequests.submit(submissionOf(h, { tenantId })))),
    )

    expect(answers.every(({ joined }) => !joined)).toBe(true)
    expect(new Set(answers.map(({ request }) => request.id)).size).toBe(200)
    for (const table of ['removal_event', 'removal_request', 'removal_subject', 'removal_actor'])
      expect(await transactionsOf(table, tenantId)).toBeLessThan(10)
  })

  it('get the answer that each would have got alone, where some are about the same profile', async () => {
    const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
    const open = await submitted(h, { tenantId })
    const about = open.subject
    const openUser = (await succeed(h.store.subjects.resolve(tenantId, [about]))).get(about)?.userId ?? userId

    const wishes = [userId, h.ids.userId(), userId, openUser, h.ids.userId(), openUser, userId]
    const answers = await Promise.all(
      wishes.map(async wish =>
        succeed(h.store.removalRequests.submit(submissionOf(h, { tenantId, userId: wish }))),
      ),
    )

    expect(answers.map(({ joined }) => joined)).toStrictEqual([false, false, true, true, false, true, true])
    const id = (index: number) => elementAt(answers, index).request.id
    expect([id(2), id(6)]).toStrictEqual([id(0), id(0)])
    expect([id(3), id(5)]).toStrictEqual([open.id, open.id])
  })

  it('fail alone where one of them cannot be recorded', async () => {
    const tenantId = h.ids.tenantId()
    const taken = submissionOf(h, { tenantId })
    await succeed(h.store.removalRequests.submit(taken))
    // Its submitter has a reference that another request has already: the database refuses the whole statement.
    const poisoned = { ...submissionOf(h, { tenantId }), submitter: taken.submitter }
    const sound = upTo(20).map(() => submissionOf(h, { tenantId }))

    const [refused, ...others] = await Promise.allSettled(
      [poisoned, ...sound].map(async submission => h.store.removalRequests.submit(submission)()),
    )

    expect(refused).toMatchObject({ status: 'rejected', reason: { code: '23505' } })
    expect(others.map(({ status }) => status)).toStrictEqual(sound.map(() => 'fulfilled'))
    for (const { requestId } of sound)
      expect(await succeed(h.store.removalRequests.load(tenantId, requestId))).toMatchObject({ _tag: 'Some' })
    expect(await succeed(h.store.removalRequests.load(tenantId, poisoned.requestId))).toMatchObject({
      _tag: 'None',
    })
  })

  it('have their jobs with them', async () => {
    const tenantId = h.ids.tenantId()
    await Promise.all(
      upTo(50).map(async () =>
        succeed(h.store.removalRequests.submit(submissionOf(h, { tenantId, policy: automatic }))),
      ),
    )

    const jobs = await h.database.asOwner(
      `select xmin from pgboss.job where data ->> 'tenantId' = '${tenantId}'`,
    )

    expect(jobs).toHaveLength(50)
    expect(new Set(jobs.map(row => JSON.stringify(row))).size).toBeLessThan(10)
  })
})

describe('appends at the same time', () => {
  it('are recorded in far fewer transactions than there are of them', async () => {
    const tenantId = h.ids.tenantId()
    const requests = await Promise.all(upTo(120).map(async () => submitted(h, { tenantId })))

    const answers = await Promise.all(
      requests.map(async request =>
        succeed(h.store.removalRequests.append(approvalOf(h, request, recordOf(h)))),
      ),
    )

    expect(answers.map(({ state }) => state)).toStrictEqual(requests.map(() => 'approved'))
    expect(await transactionsOf('removal_request', tenantId)).toBeLessThan(10)
  })

  it('fail alone where one of them cannot be recorded', async () => {
    const tenantId = h.ids.tenantId()
    const requests = await Promise.all(upTo(10).map(async () => submitted(h, { tenantId })))
    const [first, ...rest] = requests.map(request => approvalOf(h, request, recordOf(h)))
    if (first === undefined) throw new Error('There is a first one')
    const zero = String.fromCodePoint(0)
    const poisoned = {
      ...first,
      note: { reference: h.ids.identifiers.noteReference(), text: `a text${zero}that cannot be stored` },
    }

    const outcomes = await Promise.allSettled(
      [poisoned, ...rest].map(async append => h.store.removalRequests.append(append)()),
    )

    expect(outcomes.map(({ status }) => status)).toStrictEqual(['rejected', ...rest.map(() => 'fulfilled')])
    const loaded = await succeed(h.store.removalRequests.load(tenantId, first.requestId))
    expect(loaded).toMatchObject({ value: { state: 'pendingApproval' } })
  })

  it('of several to one request take one, and refuse the others', async () => {
    const tenantId = h.ids.tenantId()
    const request = await submitted(h, { tenantId })
    const rivals = upTo(5).map(() => approvalOf(h, request, recordOf(h)))

    const outcomes = await Promise.all(rivals.map(async rival => h.store.removalRequests.append(rival)()))

    expect(outcomes.filter(E.isRight).map(rightOf)).toHaveLength(1)
    expect(outcomes.filter(E.isLeft).map(({ left }) => left)).toStrictEqual(
      upTo(4).map(() => ({ _tag: 'VersionConflict' })),
    )
  })
})

describe('two stores that write the same', () => {
  it('wait for each other in one order, and not each for the other', async () => {
    const other = rightOf(await openStoreOn(h.database.appUrl))
    const tenantId = h.ids.tenantId()
    const users = upTo(3).map(() => h.ids.userId())
    const [, middle] = users.toSorted()
    if (middle === undefined) throw new Error('There are three')
    await submitted(h, { tenantId, userId: middle })
    // Both come to a stop at the one in the middle, with one end each.
    const release = await holding(
      h.database.ownerUrl,
      `delete from lethe.removal_subject where tenant_id = '${tenantId}' and user_id = '${middle}'`,
    )

    const sorted = users.toSorted()
    const answers = [[h.store, sorted] as const, [other, sorted.toReversed()] as const].flatMap(
      ([store, those]) =>
        those.map(userId => store.removalRequests.submit(submissionOf(h, { tenantId, userId }))()),
    )
    await expect.poll(() => waitingForLocks(h.database.ownerUrl)).toBe(2)
    await release()

    const joined = (await Promise.all(answers)).map(answer => rightOf(answer).joined)
    expect(joined.filter(isJoined => !isJoined)).toHaveLength(2)
    await other.close()
  })
})
