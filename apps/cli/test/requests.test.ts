import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RemovalRequestResource } from '@lethe/api-contract'
import { graphErrors } from '@lethe/graph-contract'
import { errorAnswer } from './support/answers.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe } from './support/fake-io.js'
import { abandonment, denial, failure, history, removalRequest, requestId, token } from './support/samples.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
  api.requests = [removalRequest(), removalRequest({ id: requestId(2), state: 'failed', failure })]
})
afterEach(() => api.close())

describe('requests', () => {
  it.each(['approve', 'withdraw', 'retry'])('%s posts without a body, as JSON', async action => {
    const { code } = await lethe(api.url, ['requests', action, requestId(2)])
    expect(code).toBe(0)
    expect(api.received).toMatchObject([
      {
        method: 'POST',
        path: `/lethe/v1/removalRequests/${requestId(2)}/${action}`,
        body: '',
        headers: { 'content-type': 'application/json' },
      },
    ])
  })

  it('approves each', async () => {
    const { code, stdout } = await lethe(api.url, [
      'requests',
      'approve',
      requestId(1),
      requestId(2),
      '--query',
      '[].state',
    ])
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'approved\napproved\n' })
  })

  it('approves the others where one is refused', async () => {
    api.instead = ({ path }) => (path.includes(requestId(1)) ? errorAnswer(graphErrors.requestDenied) : null)
    const { code, stdout, stderr } = await lethe(api.url, [
      'requests',
      'approve',
      requestId(1),
      requestId(2),
      '--query',
      '[].id',
    ])
    expect({ code, stdout }).toEqual({ code: 4, stdout: `${requestId(2)}\n` })
    expect(stderr).toContain(`lethe: request ${requestId(1)}: Insufficient privileges`)
  })

  it('denies with code and note', async () => {
    const { stdout } = await lethe(api.url, [
      'requests',
      'deny',
      requestId(1),
      '--code',
      'other',
      '--note',
      'Asked twice.',
      '--query',
      'denial.note',
    ])
    expect(stdout).toBe('Asked twice.\n')
    expect(JSON.parse(api.received[0]?.body ?? '')).toEqual({ code: 'other', note: 'Asked twice.' })
  })

  it('closes with code and note, and shows how the request ended', async () => {
    const close = ['requests', 'close', requestId(2), '--code', 'other', '--note', 'Ticket 7.']
    const { code, stdout } = await lethe(api.url, close)
    expect(code).toBe(0)
    expect(JSON.parse(api.received[0]?.body ?? '')).toEqual({ code: 'other', note: 'Ticket 7.' })
    for (const line of ['state: +abandoned', 'abandonment: +other', 'abandonmentNote: +Ticket 7[.]'])
      expect(stdout).toMatch(new RegExp(`^${line}$`, 'm'))
    for (const line of ['effects: +possible', 'lastLook: +graph: present', 'abandonedDateTime: +2026-11-26'])
      expect(stdout).toMatch(new RegExp(`^${line}`, 'm'))
  })

  it.each([
    ['deny', 'denied', { state: 'denied', denial }, '2026-11-25T09:00:00Z'],
    ['close', 'closed', { state: 'abandoned', abandonment }, '2026-11-26T09:00:00Z'],
  ])('says of a repeated %s with another note which note is kept', async (action, done, ended, at) => {
    const already = removalRequest(ended)
    api.instead = ({ path }) =>
      path.endsWith(`/${action}`) ? { status: 200, body: RemovalRequestResource.encode(already) } : null
    const code = already.denial?.code ?? already.abandonment?.code ?? ''
    const command = ['requests', action, requestId(1), '--code', code]
    const notice = `lethe: request ${requestId(1)} was ${done} before, ${at}: what was recorded then is kept, and not this note.\n`

    expect(await lethe(api.url, [...command, '--note', 'Another note.'])).toMatchObject({
      code: 0,
      stderr: notice,
    })
    const same = already.denial?.note ?? already.abandonment?.note ?? ''
    expect(await lethe(api.url, [...command, '--note', same])).toMatchObject({ code: 0, stderr: '' })
    expect(await lethe(api.url, command)).toMatchObject({ code: 0, stderr: '' })
  })

  const badOptions = [
    ['no code', []],
    ['an unknown code', ['--code', 'because']],
    ['other without a note', ['--code', 'other']],
    ['an empty note', ['--code', 'other', '--note', ' ']],
    ['too long a note', ['--code', 'other', '--note', 'x'.repeat(2001)]],
  ] as const

  describe.each(['deny', 'close'])('%s', action => {
    it.each(badOptions)('is not done with %s', async (_, options) => {
      const { code, stderr } = await lethe(api.url, ['requests', action, requestId(1), ...options])
      expect(code).toBe(2)
      expect(stderr).toMatch(/^lethe: /)
      expect(api.received).toEqual([])
    })
  })

  it('close takes no code of a denial', async () => {
    const close = ['requests', 'close', requestId(2), '--code', 'legalClaims']
    expect(await lethe(api.url, close)).toMatchObject({ code: 2 })
  })

  it('fails, after showing it, on a history that is not intact', async () => {
    api.history = history({ intact: false, broken: { position: 2, reason: 'contentDiffers' } })
    const { code, stdout, stderr } = await lethe(api.url, ['requests', 'history', requestId(1)])
    expect(code).toBe(1)
    expect(stdout).toContain('intact:        false\n')
    expect(stderr).toBe(
      'lethe: The history is NOT intact, from event 2 on (contentDiffers). Keep this output, and tell whoever audits Lethe.\n',
    )
  })
})

describe('whoami', () => {
  it('shows what the server says, and when the token expires, and never the token', async () => {
    const { code, stdout, stderr } = await lethe(api.url, ['whoami', '--debug'])
    expect(code).toBe(0)
    expect(stdout).toContain('operations:          listProfiles, submit\n')
    expect(stdout).toContain('tokenExpiryDateTime: 2026-11-23T11:00:00Z\n')
    expect(stdout + stderr).not.toContain(token)
  })
})

describe.each([
  { verb: 'retry', state: 'failed', more: [], became: 'removing' },
  { verb: 'withdraw', state: 'pendingApproval', more: [], became: 'withdrawn' },
  { verb: 'deny', state: 'pendingApproval', more: ['--code', 'duplicate'], became: 'denied' },
])('lethe requests $verb of those that are chosen', ({ verb, state, more, became }) => {
  const batchId = '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00'
  const argv = ['requests', verb, ...more]
  const chosen = ['--state', state]
  const states = (): ReadonlyArray<string> => api.requests.map(request => request.state)
  beforeEach(() => {
    api.requests = [1, 2, 3, 4, 5].map(n =>
      removalRequest({
        id: requestId(n),
        state: n < 5 ? state : 'completed',
        batchIds: n < 3 ? [batchId] : [],
        ...(state === 'failed' && n < 5
          ? { failure: { ...failure, reason: n === 4 ? 'refused' : 'signInRequired' } }
          : {}),
      }),
    )
  })

  it('takes several ids', async () => {
    const { code, stdout } = await lethe(api.url, [
      ...argv,
      requestId(1),
      requestId(2),
      '--query',
      '[].state',
    ])

    expect({ code, stdout }).toEqual({ code: 0, stdout: `${became}\n${became}\n` })
  })

  it('counts them, shows some, asks, and does it', async () => {
    const no = await lethe(api.url, [...argv, ...chosen], { stdinIsTerminal: true, types: 'n' })
    expect(no.code).toBe(1)
    expect(no.stderr).toContain('4 requests:')
    expect(no.stderr).toContain(requestId(4))
    expect(states()).not.toContain(became)

    const { code, stdout } = await lethe(api.url, [...argv, ...chosen, '-o', 'json'], {
      stdinIsTerminal: true,
      types: 'y',
    })

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toHaveLength(4)
    expect(states()).toEqual([became, became, became, became, 'completed'])
  })

  it('takes those of a batch for which it makes sense, where no state is named', async () => {
    const { code } = await lethe(api.url, [...argv, '--batch', batchId, '--force'])

    expect(code).toBe(0)
    expect(states()).toEqual([became, became, state, state, 'completed'])
  })

  it('shows what it would do, and does nothing, with --dry-run', async () => {
    const { code, stdout, stderr } = await lethe(api.url, [
      ...argv,
      ...chosen,
      '--dry-run',
      '--query',
      '[].id',
    ])

    expect(code).toBe(0)
    expect(stderr).toContain('4 requests.')
    expect(stdout.trim().split('\n')).toEqual([1, 2, 3, 4].map(requestId))
    expect(states()).not.toContain(became)
  })

  it('does nothing where nothing is chosen, or nobody can be asked', async () => {
    const none = await lethe(api.url, [...argv, '--state', 'expired'])
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: 'lethe: nothing found.\n' })
    expect((await lethe(api.url, [...argv, ...chosen])).code).toBe(2)
    expect(states()).not.toContain(became)
  })

  it('tells which of them were refused', async () => {
    api.instead = ({ method, path }) =>
      method === 'POST' && path.includes(requestId(2)) ? errorAnswer(graphErrors.conflict('No.')) : null

    const { code, stderr } = await lethe(api.url, [...argv, ...chosen, '--force'])

    expect(code).toBe(1)
    expect(stderr).toContain(`request ${requestId(2)}: No.`)
    expect(states()).toEqual([became, state, became, became, 'completed'])
  })

  it.each([
    ['nobody', []],
    ['both', [requestId(1), '--state', 'failed']],
    ['no dry run of ids', [requestId(1), '--dry-run']],
    ['no such state', ['--state', 'lost']],
  ])('names %s is a mistake', async (_, options) => {
    expect((await lethe(api.url, [...argv, ...options])).code).toBe(2)
    expect(api.received).toEqual([])
  })

  it('takes a reason for which they failed, where that makes sense', async () => {
    const { code } = await lethe(api.url, [...argv, '--reason', 'signInRequired', '--force'])

    expect(code).toBe(verb === 'deny' ? 2 : 0)
    expect(states()).toEqual(
      verb === 'retry'
        ? [became, became, became, state, 'completed']
        : [state, state, state, state, 'completed'],
    )
  })
})
