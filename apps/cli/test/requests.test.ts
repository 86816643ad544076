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
