import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RemovalRequestResource } from '@lethe/api-contract'
import { graphErrors } from '@lethe/graph-contract'
import { decoded } from './support/decoded.js'
import { errorAnswer } from './support/answers.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe } from './support/fake-io.js'
import { abandonment, annId, bobId, denial, failure, requestId } from './support/samples.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
  api.requests = []
})
afterEach(() => api.close())

/** With each read, a request becomes what comes next. */
const become = (...steps: ReadonlyArray<object>): void => {
  const left = new Map<string, number>()
  api.beforeRead = request => {
    const step = left.get(request.id) ?? 0
    left.set(request.id, step + 1)
    return decoded(RemovalRequestResource, { ...request, ...steps[Math.min(step, steps.length - 1)] })
  }
}

const completed = { state: 'completed', outcome: 'verifiedAbsent', completedDateTime: '2026-11-24T09:00:00Z' }
const total = (milliseconds: ReadonlyArray<number>): number =>
  milliseconds.reduce((sum, each) => sum + each, 0)

describe('--wait', () => {
  it('waits until the request is completed, and tells how it goes', async () => {
    become({ state: 'approved' }, { state: 'removing' }, {}, completed)
    const { code, stdout, stderr } = await lethe(api.url, [
      'remove',
      bobId,
      '--force',
      '--wait',
      '-o',
      'json',
    ])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
    expect(stderr).toBe(
      ['approved', 'removing', 'completed']
        .map(state => `lethe: request ${requestId(1)}: ${state}\n`)
        .join(''),
    )
  })

  it.each([
    ['failed', { state: 'failed', failure }, 1, 'the removal failed (signInRequired)'],
    ['denied', { state: 'denied', denial }, 6, 'ended denied (legalClaims)'],
    ['unreadable', { state: 'unreadable' }, 6, 'its history cannot be read, or was changed'],
    ['withdrawn', { state: 'withdrawn' }, 6, 'ended withdrawn'],
    ['abandoned', { state: 'abandoned', abandonment }, 6, 'ended abandoned (handledManually)'],
    ['expired', { state: 'expired' }, 6, 'ended expired'],
  ])('ends with its own code where the request is %s', async (state, step, expected, message) => {
    become(step)
    const { code, stdout, stderr } = await lethe(api.url, [
      'remove',
      bobId,
      '--force',
      '--wait',
      '--query',
      'state',
    ])
    expect({ code, stdout }).toEqual({ code: expected, stdout: `${state}\n` })
    expect(stderr).toContain(`lethe: Request ${requestId(1)}: ${message}`)
  })

  it('waits 300 s where it is not told how long, and ends with 7', async () => {
    const { code, stdout, stderr, slept } = await lethe(api.url, [
      'remove',
      bobId,
      '--force',
      '--wait',
      '--query',
      'state',
    ])
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'pendingApproval\n' })
    expect(stderr).toContain('still pendingApproval after 300 s')
    expect(total(slept)).toBe(300_000)
    expect(slept.length).toBeLessThan(50)
  })

  it('waits as long as it is told', async () => {
    const { code, slept } = await lethe(api.url, ['remove', bobId, '--force', '--wait=20'])
    expect(code).toBe(7)
    expect(total(slept)).toBe(20_000)
  })

  it.each(['x', '0', '-5', '1.5', ''])('does not take %j seconds', async seconds => {
    const { code, stderr } = await lethe(api.url, ['remove', bobId, '--force', `--wait=${seconds}`])
    expect(code).toBe(2)
    expect(stderr).toContain('--wait')
    expect(api.received).toEqual([])
  })

  it('does not swallow the userId after it', async () => {
    become(completed)
    expect(await lethe(api.url, ['remove', '--force', '--wait', bobId, '--query', 'userId'])).toMatchObject({
      code: 0,
      stdout: `${bobId}\n`,
    })
  })

  it('goes on waiting while the server cannot be asked', async () => {
    become(completed)
    let failures = 3
    api.instead = ({ method }) => {
      if (method === 'POST' || failures === 0) return null
      failures -= 1
      return errorAnswer(graphErrors.serviceNotAvailable)
    }
    expect(await lethe(api.url, ['remove', bobId, '--force', '--wait'])).toMatchObject({ code: 0 })
  })

  it('stops waiting where the server says no', async () => {
    api.instead = ({ method }) => (method === 'POST' ? null : errorAnswer(graphErrors.tokenExpired))
    const { code, stderr, slept } = await lethe(api.url, ['remove', bobId, '--force', '--wait'])
    expect(code).toBe(4)
    expect(stderr).toContain('Sign in again')
    expect(slept).toHaveLength(1)
  })

  it('has the code that all failures share, or 1', async () => {
    const several = ['remove', bobId, annId, '--force', '--wait=60']
    become({ state: 'denied', denial })
    const agreed = await lethe(api.url, several)
    const unread = await lethe(api.url, several, { stdoutClosesAfter: 0 })
    api.requests = []
    api.beforeRead = request =>
      decoded(RemovalRequestResource, {
        ...request,
        ...(request.userId === bobId ? { state: 'expired' } : {}),
      })
    const mixed = await lethe(api.url, several)
    expect([agreed.code, unread.code, mixed.code]).toEqual([6, 6, 1])
    expect(mixed.stderr).toMatch(/userId 1 of 2: .*ended expired[^]*userId 2 of 2: .*still pendingApproval/)
  })

  it('says on Ctrl-C which requests go on, shows them, and ends with 130', async () => {
    const interruption = new AbortController()
    let sleeps = 0
    const { code, stdout, stderr } = await lethe(
      api.url,
      ['remove', bobId, annId, '--force', '--wait', '--query', '[].id'],
      {
        interruption,
        whileAsleep: () => {
          sleeps += 1
          if (sleeps === 2) interruption.abort()
        },
      },
    )
    expect(code).toBe(130)
    expect(stdout).toBe(`${requestId(1)}\n${requestId(2)}\n`)
    expect(stderr).toContain(`these requests go on without this command: ${requestId(1)}, ${requestId(2)}\n`)
  })
})
