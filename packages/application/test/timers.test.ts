import { expireRemovals, failDeadRemoval, forgetSignIns } from '../src/index.js'
import { refuse, succeed } from '../src/testing/index.js'
import { type StoredRequest, addSeconds, type RemovalRequest } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { down, loading, unavailable, unexpected } from './fakes.js'
import { unreadableAs, approved, clock, job, pending, requestId, start, tenantId } from './making.js'

const overdue: RemovalRequest = { ...pending, expiresAt: start }
const conflict = () => TE.left({ _tag: 'VersionConflict' } as const)
const input = { tenantId, limit: 10 }
const expiring = () => TE.right([requestId, requestId])

describe('expireRemovals', () => {
  it.each([
    ['listing', { expiring: unavailable, load: unexpected, append: unexpected }],
    ['loading', { expiring, load: unavailable, append: unexpected }],
    ['appending', { expiring, load: loading(overdue).load, append: unavailable }],
  ])('passes on that the store cannot be asked, on %s', async (_, removalRequests) => {
    expect(await refuse(expireRemovals({ removalRequests, clock })(input))).toStrictEqual(down)
  })

  it.each<[string, O.Option<RemovalRequest>]>([
    ['was decided', O.some(approved)],
    ['does not expire', O.some(pending)],
    ['is not due to expire yet', O.some({ ...pending, expiresAt: addSeconds(start, 1) })],
    ['is not there', O.none],
  ])('counts nothing, and appends nothing, for what %s in the meantime', async (_, found) => {
    const removalRequests = { expiring, load: () => TE.right(found), append: unexpected }

    expect(await succeed(expireRemovals({ removalRequests, clock })(input))).toEqual({
      expired: 0,
      unreadable: [],
      defects: [],
    })
  })

  it('counts nothing where somebody else was faster', async () => {
    const removalRequests = { expiring, load: loading(overdue).load, append: conflict }

    expect(await succeed(expireRemovals({ removalRequests, clock })(input))).toEqual({
      expired: 0,
      unreadable: [],
      defects: [],
    })
  })

  it('tells which requests cannot be read, and ends the others', async () => {
    const unreadable = unreadableAs(pending)
    let loads = 0
    const load = () => {
      loads += 1
      return TE.right(O.some<StoredRequest>(loads === 1 ? unreadable : overdue))
    }
    const removalRequests = { expiring, load, append: () => TE.right(overdue) }

    expect(await succeed(expireRemovals({ removalRequests, clock })(input))).toEqual({
      expired: 1,
      unreadable: [pending.id],
      defects: [],
    })
  })

  it('names what a bug keeps from its end, and ends the others', async () => {
    let loads = 0
    const load = () => {
      loads += 1
      if (loads === 1) throw new Error('a bug')
      return TE.right(O.some<StoredRequest>(overdue))
    }
    const removalRequests = { expiring, load, append: () => TE.right(overdue) }

    expect(await succeed(expireRemovals({ removalRequests, clock })(input))).toEqual({
      expired: 1,
      unreadable: [],
      defects: [{ requestId: pending.id, error: new Error('a bug') }],
    })
  })

  it('counts what ended', async () => {
    const removalRequests = { expiring, load: loading(overdue).load, append: () => TE.right(overdue) }

    expect(await succeed(expireRemovals({ removalRequests, clock })(input))).toEqual({
      expired: 2,
      unreadable: [],
      defects: [],
    })
  })
})

describe('failDeadRemoval', () => {
  it.each([
    ['loading', { load: unavailable, append: unexpected }],
    ['appending', { load: loading(approved).load, append: unavailable }],
  ])('passes on that the store cannot be asked, on %s', async (_, removalRequests) => {
    expect(await refuse(failDeadRemoval({ removalRequests, clock })({ job }))).toStrictEqual(down)
  })

  it('passes on that somebody else was faster, so that it is tried again', async () => {
    const removalRequests = { load: loading(approved).load, append: conflict }

    expect(await refuse(failDeadRemoval({ removalRequests, clock })({ job }))).toStrictEqual({
      _tag: 'VersionConflict',
    })
  })

  it.each<[string, O.Option<RemovalRequest>]>([
    ['waits for approval', O.some(pending)],
    ['is not there', O.none],
  ])('leaves alone what %s', async (_, found) => {
    const removalRequests = { load: () => TE.right(found), append: unexpected }

    expect(await succeed(failDeadRemoval({ removalRequests, clock })({ job }))).toBe('done')
  })
})

it('a request that cannot be read is not failed, and said to be so', async () => {
  const removalRequests = { load: () => TE.right(O.some(unreadableAs(approved))), append: unexpected }

  expect(await succeed(failDeadRemoval({ removalRequests, clock })({ job }))).toBe('unreadable')
})

describe('sign-ins', () => {
  it('are forgotten once they were kept for a day', async () => {
    const asked: Array<unknown> = []
    const sealedSignIns = {
      eraseKeptBefore: (...question: ReadonlyArray<unknown>) => {
        asked.push(question)
        return TE.right(3)
      },
    }
    expect(await succeed(forgetSignIns({ sealedSignIns, clock })({ tenantId }))).toBe(3)
    expect(asked).toStrictEqual([[tenantId, addSeconds(clock.now(), -86_400)]])
  })
})
