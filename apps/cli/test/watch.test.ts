import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { bobId, denial, failure, requestId } from './support/samples.js'
import { change, linesOf, shortOf, submitted, watch } from './support/watching.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
  api.requests = [submitted(3), submitted(2, { state: 'failed', failure }), submitted(1)]
})
afterEach(() => api.close())

const completed = { state: 'completed', outcome: 'verifiedAbsent', completedDateTime: '2026-11-24T09:00:00Z' }
const listPath = '/lethe/v1/removalRequests'
const open = 'pendingApproval,approved,removing,verifying,failed'

const come = (...requests: FakeApi['requests']): void => {
  api.requests = [...requests, ...api.requests]
}
const readById = (): ReadonlyArray<string> =>
  api.received.filter(({ path }) => path !== listPath).map(({ path }) => path.slice(-1))
const nothing = () => undefined

describe('the first look', () => {
  it('is told as a count on stderr, and Ctrl-C ends with 0', async () => {
    const { code, stdout, stderr } = await watch(api, ['-o', 'json'], [nothing])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toBe(
      'lethe: 3 open requests (2 pendingApproval, 1 failed). What is new or changes is shown from now on; Ctrl-C ends this.\n',
    )
  })

  it('counts one, and none', async () => {
    api.requests = [submitted(1), submitted(0, completed)]
    const one = await watch(api, [], [])
    api.requests = []
    const none = await watch(api, [], [])
    expect(one.stderr).toContain('lethe: 1 open request (1 pendingApproval). ')
    expect(none.stderr).toContain('lethe: 0 open requests. ')
  })
})

describe('a look', () => {
  it('shows what is new', async () => {
    const { stdout } = await watch(api, ['-o', 'json'], [() => come(submitted(4)), nothing])
    expect(stdout).toBe(
      `${JSON.stringify({
        seenDateTime: '2026-11-23T10:00:02Z',
        change: 'new',
        id: requestId(4),
        userId: bobId,
        from: null,
        to: 'pendingApproval',
        dueDateTime: '2026-12-23T23:59:59Z',
        outcome: null,
        failureReason: null,
        denialCode: null,
        abandonmentCode: null,
      })}\n`,
    )
  })

  it('shows each change of state, how it ended, and nothing twice', async () => {
    const { stdout } = await watch(
      api,
      ['-o', 'json'],
      [
        () => change(api, 1, { state: 'approved' }),
        nothing,
        () => change(api, 1, { state: 'verifying' }),
        () => change(api, 1, completed),
        () => change(api, 3, { state: 'denied', denial }),
        () => change(api, 2, { state: 'removing', failure: null }),
        nothing,
        () => change(api, 2, { state: 'failed', failure }),
        nothing,
      ],
    )
    expect(shortOf(stdout)).toEqual([
      '1 pendingApproval>approved',
      '1 approved>verifying',
      '1 verifying>completed',
      '3 pendingApproval>denied',
      '2 failed>removing',
      '2 removing>failed',
    ])
    expect(linesOf(stdout)).toMatchObject([
      {},
      {},
      { change: 'changed', outcome: 'verifiedAbsent' },
      { denialCode: 'legalClaims' },
      { failureReason: null },
      { failureReason: 'signInRequired' },
    ])
  })

  it('shows a second failure, with a retry before it that nobody saw', async () => {
    const again = { ...failure, failedDateTime: '2026-11-26T09:00:00Z' }
    const { stdout } = await watch(
      api,
      ['-o', 'json'],
      [() => change(api, 2, { state: 'failed', failure: again }), nothing],
    )
    expect(shortOf(stdout)).toEqual(['2 failed>failed'])
  })

  it('shows those that came and ended since the last one, however many', async () => {
    const crowd = Array.from({ length: 120 }, (_, n) => submitted(200 - n, completed))
    const { stdout } = await watch(api, ['-o', 'json'], [() => come(...crowd), nothing, nothing])
    expect(shortOf(stdout)).toEqual(crowd.map((_, n) => `${200 - n} new>completed`))
    expect(readById()).toEqual([])
  })

  it('does not take for new what had ended shortly before the first one', async () => {
    const { submittedDateTime } = submitted(3)
    const atOnce = submitted(4, { ...completed, submittedDateTime })
    api.requests = [atOnce, ...api.requests]
    const { stdout } = await watch(api, ['-o', 'json'], [nothing, nothing])
    expect(stdout).toBe('')
  })

  it('finds what comes into sight late, below what was seen', async () => {
    const { submittedDateTime } = submitted(3)
    const late = submitted(9, { ...completed, submittedDateTime })
    const { stdout } = await watch(
      api,
      ['-o', 'json'],
      [
        () => {
          const [first, ...rest] = api.requests
          api.requests = [...(first === undefined ? [] : [first]), late, ...rest]
        },
        nothing,
      ],
    )
    expect(shortOf(stdout)).toEqual(['9 new>completed'])
  })

  it('sees the very first requests of all', async () => {
    api.requests = []
    const { stdout } = await watch(
      api,
      ['-o', 'json'],
      [() => come(submitted(2), submitted(1, completed)), nothing],
    )
    expect(shortOf(stdout)).toEqual(['2 new>pendingApproval', '1 new>completed'])
  })
})

describe('what is asked for', () => {
  it('is the newest, those that are open, and each that was open, once', async () => {
    await watch(api, [], [() => change(api, 1, completed), nothing, nothing])
    const look = [`${listPath}?$top=50`, `${listPath}?state=${open}&$top=999`]
    expect(api.received.map(({ path, rawQuery }) => `${path}${decodeURIComponent(rawQuery)}`)).toEqual([
      ...look,
      ...look,
      `${listPath}/${requestId(1)}`,
      ...look,
      ...look,
    ])
  })

  it('of 2,500 that are open is three pages', async () => {
    api.requests = Array.from({ length: 2500 }, (_, n) => submitted(2500 - n))
    const { stdout } = await watch(
      api,
      ['-o', 'json'],
      [() => change(api, 7, { state: 'approved' }), nothing],
    )
    expect(shortOf(stdout)).toEqual(['7 pendingApproval>approved'])
    const pages = api.received
      .filter(({ query }) => query.has('state'))
      .map(({ query }) => query.get('$skiptoken'))
    expect(pages).toEqual([null, '999', '1998', null, '999', '1998', null, '999', '1998'])
  })

  it('is no more of the ended ones than leads to those that are known', async () => {
    api.requests = Array.from({ length: 2500 }, (_, n) => submitted(2500 - n, completed))
    await watch(api, [], [nothing, nothing])
    expect(api.received.filter(({ query }) => query.has('$skiptoken'))).toEqual([])
  })

  it('is by id what is open and was left out by a page', async () => {
    let isShort = false
    api.instead = ({ query }) => (isShort && query.has('state') ? { status: 200, body: { value: [] } } : null)
    const { stdout } = await watch(
      api,
      ['-o', 'json'],
      [
        () => {
          isShort = true
        },
        nothing,
        () => {
          isShort = false
        },
        nothing,
      ],
    )
    expect(stdout).toBe('')
    // The newest is seen without: it is among those in which the search for new ones ends.
    expect(readById()).toEqual(['2', '1', '2', '1'])
  })

  it('is said on stderr where the server does not know it any more, once', async () => {
    const { code, stdout, stderr } = await watch(
      api,
      [],
      [
        () => {
          api.requests = []
        },
        nothing,
      ],
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr.split('\n')[1]).toBe(
      `lethe: the server does not know 3 of these requests any more: ${[3, 2, 1].map(requestId).join(', ')}`,
    )
    expect(readById()).toEqual(['3', '2', '1'])
  })
})
