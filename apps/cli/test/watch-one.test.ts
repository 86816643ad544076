import { graphErrors } from '@lethe/graph-contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorAnswer } from './support/answers.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { abandonment, bobId, denial, failure, requestId } from './support/samples.js'
import { change, linesOf, shortOf, submitted, watch } from './support/watching.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
  api.requests = [submitted(2), submitted(1)]
})
afterEach(() => api.close())

const follow = [requestId(1), '-o', 'json']
const nothing = () => undefined

describe('watch <id>', () => {
  it('shows how it stands, each change, and ends with 0 when it is completed', async () => {
    const { code, stdout, stderr, slept } = await watch(api, follow, [
      () => change(api, 1, { state: 'approved' }),
      nothing,
      () => change(api, 2, { state: 'approved' }),
      () => change(api, 1, { state: 'completed', outcome: 'verifiedAbsent' }),
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(shortOf(stdout)).toEqual([
      '1 present>pendingApproval',
      '1 pendingApproval>approved',
      '1 approved>completed',
    ])
    expect(linesOf(stdout)[2]).toMatchObject({ outcome: 'verifiedAbsent' })
    expect(slept).toEqual([2000, 2000, 2000, 2000])
    expect(new Set(api.received.map(({ path }) => path))).toEqual(
      new Set([`/lethe/v1/removalRequests/${requestId(1)}`]),
    )
  })

  it.each([
    ['failed', { state: 'failed', failure }, 1, 'the removal failed (signInRequired)'],
    ['denied', { state: 'denied', denial }, 6, 'ended denied (legalClaims)'],
    ['unreadable', { state: 'unreadable' }, 6, 'its history cannot be read, or was changed'],
    ['withdrawn', { state: 'withdrawn' }, 6, 'ended withdrawn'],
    ['abandoned', { state: 'abandoned', abandonment }, 6, 'ended abandoned (handledManually)'],
    ['expired', { state: 'expired' }, 6, 'ended expired'],
  ])('ends with its own code where it is %s', async (state, over, expected, message) => {
    const { code, stdout, stderr } = await watch(api, follow, [() => change(api, 1, over)])
    expect(code).toBe(expected)
    expect(shortOf(stdout)).toEqual(['1 present>pendingApproval', `1 pendingApproval>${state}`])
    expect(stderr).toContain(`lethe: Request ${requestId(1)}: ${message}`)
  })

  it('ends at once where it had ended before', async () => {
    change(api, 1, { state: 'completed', outcome: 'acceptedOnly' })
    const { code, stdout, slept } = await watch(api, follow, [])
    expect({ code, slept }).toEqual({ code: 0, slept: [] })
    expect(shortOf(stdout)).toEqual(['1 present>completed'])
  })

  it('ends with 3 where there is no such request, or none any more', async () => {
    const never = await watch(api, [requestId(9)], [])
    const gone = await watch(api, follow, [
      () => {
        api.requests = []
      },
    ])
    expect([never.code, gone.code]).toEqual([3, 3])
  })

  it('ends with 130 on Ctrl-C, for 0 would say that it is completed', async () => {
    let heeded = 0
    const { code, stderr } = await watch(api, follow, [nothing], {
      heedTermination: () => {
        heeded += 1
      },
    })
    expect({ code, stderr, heeded }).toEqual({ code: 130, stderr: 'lethe: Interrupted.\n', heeded: 0 })
  })

  it('waits while the server is down, and then shows how it ended', async () => {
    const { code, stdout, stderr } = await watch(api, follow, [
      () => api.close(),
      () => change(api, 1, { state: 'completed', outcome: 'acceptedOnly' }),
      () => api.reopen(),
    ])
    expect(code).toBe(0)
    expect(shortOf(stdout)).toEqual(['1 present>pendingApproval', '1 pendingApproval>completed'])
    expect(stderr).toMatch(
      /^lethe: the server cannot be asked; trying until it can\. The server cannot be reached \(\w+\)[^\n]*\nlethe: the server answers again\.\n$/,
    )
  })

  it('ends with 4 where the token is refused', async () => {
    const { code, stdout, stderr } = await watch(api, follow, [
      () => {
        api.instead = () => errorAnswer(graphErrors.tokenExpired)
      },
    ])
    expect(code).toBe(4)
    expect(shortOf(stdout)).toEqual(['1 present>pendingApproval'])
    expect(stderr).toContain('Sign in again')
  })

  it.each([
    [['x'], 'The id is not a GUID'],
    [['../me'], 'The id is not a GUID'],
    [[requestId(1), '--state', 'failed'], 'leave out the id'],
    [[requestId(1), '--user', bobId], 'leave out the id'],
    [[requestId(1), '--due-before', '2026-12-24'], 'leave out the id'],
    [[requestId(1), '--interval', '0'], '--interval'],
    [[requestId(1), requestId(2)], 'too many arguments'],
  ])('does not take %j', async (argv, message) => {
    const { code, stdout, stderr } = await watch(api, argv, [])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(api.received).toEqual([])
  })
})
