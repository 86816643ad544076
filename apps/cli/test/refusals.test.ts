import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { graphErrors } from '@lethe/graph-contract'
import { errorAnswer, serverRequestId } from './support/answers.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe } from './support/fake-io.js'
import { bobId, requestId, token } from './support/samples.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
})
afterEach(() => api.close())

const html = '<!doctype html><title>secret</title>'

describe('an error of the server', () => {
  it.each([
    [graphErrors.badRequest('Not so.'), 2],
    [graphErrors.tokenExpired, 4],
    [graphErrors.requestDenied, 4],
    [graphErrors.resourceNotFound(requestId(1)), 3],
    [graphErrors.methodNotAllowed, 1],
    [graphErrors.conflict('The request is removing.'), 1],
    [graphErrors.throttled, 5],
    [graphErrors.unexpected, 1],
    [graphErrors.serviceNotAvailable, 5],
  ])('%j ends with %i, its message, its code and its request-id', async (row, expected) => {
    api.instead = () => errorAnswer(row)
    const { code, stdout, stderr } = await lethe(api.url, ['requests', 'show', requestId(1)])
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
    expect(stderr).toContain(
      `lethe: ${row.message} (${row.status} ${row.code}, request-id ${serverRequestId})`,
    )
  })
})

describe('a refusal whose reason the server names', () => {
  const refused = graphErrors.requestDenied
  const conflict = graphErrors.conflict('It cannot be done.')
  it.each([
    [
      refused,
      'selfApproval',
      null,
      /You asked for this removal yourself. Another approver has to approve it/,
    ],
    [refused, 'agentNotAllowed', null, /You are an agent.* A person with the app role/],
    [refused, 'notBatchMaker', null, /Somebody else made the batch\./],
    [conflict, 'nothingWaits', null, /lethe batches show tells how it stands/],
    [conflict, 'batchChanged', null, /Look at it again: lethe batches show/],
    [conflict, 'batchClosed', null, /Leave --batch out to begin another one/],
    [conflict, 'requestUnreadable', null, /Tell the operator of Lethe\./],
    [conflict, 'subjectDiffers', null, /Tell the operator of Lethe\./],
    [refused, 'guestNotAllowed', null, /You are a guest of the tenant.* An approver who is a member may/],
    [
      refused,
      'scopeMissing',
      'X.Read.All',
      /You lack the permission X.Read.All. Ask an administrator of Entra for it, and sign in again/,
    ],
    [refused, 'appRoleMissing', 'X.Approver', /You lack the app role X.Approver. Ask/],
    [
      refused,
      'directoryRoleMissing',
      '62e90394-69f5-4237-9190-012177145e10',
      /You lack the directory role Global Administrator. Ask/,
    ],
    [refused, 'directoryRoleMissing', 'another', /You lack the directory role another. Ask/],
    [
      refused,
      'requiredRoleMissing',
      null,
      /You lack an app role that this server wants of everybody. Ask its operator/,
    ],
    [refused, 'callerKindNotSupported', null, /Sign in with a work or school account/],
    [refused, 'notSubmitter', null, /Another person asked for it. They or an approver can withdraw it/],
    [refused, 'notInbound', null, /belongs to your own tenant. Lethe removes inbound shared users/],
    [refused, 'callerUnrecognised', null, /does not say who you are. Sign in again: lethe login/],
    [conflict, 'joinedByOthers', null, /Others asked for it too. An approver can withdraw it/],
    [conflict, 'holderCalled', null, /lethe requests retry.*lethe requests close/],
    [conflict, 'noHolderCalled', null, /lethe requests retry.*lethe requests withdraw/],
    [refused, 'constructor', null, /lethe whoami shows what you may do/],
    [refused, 'somethingNew', 'whatever', /lethe whoami shows what you may do/],
    [conflict, 'somethingNew', null, /lethe requests show tells how it stands/],
  ])('%j, %s: says so in words, with the next step', async (row, reason, missing, words) => {
    api.instead = () => errorAnswer(row, {}, { reason, missing })
    const { code, stderr } = await lethe(api.url, ['requests', 'approve', requestId(1)])
    expect(code).toBe(row === refused ? 4 : 1)
    expect(stderr).toMatch(words)
    expect(stderr).toContain(`lethe: ${row.message} (${row.status} ${row.code}`)
  })
})

describe('an answer that is not one of Lethe', () => {
  it.each([
    ['HTML', { status: 200, headers: { 'content-type': 'text/html' }, body: html }, 1],
    ['an HTML 404', { status: 404, headers: { 'content-type': 'text/html' }, body: html }, 1],
    ['an HTML 503', { status: 503, headers: { 'content-type': 'text/html' }, body: html }, 5],
    ['a bare 504', { status: 504 }, 5],
    ['a bare 431', { status: 431 }, 1],
    ['no content', { status: 204 }, 1],
    ['broken JSON', { status: 200, headers: { 'content-type': 'application/json' }, body: '{"secret":' }, 1],
    ['another JSON', { status: 200, body: { secret: 1 } }, 1],
    ['another JSON error', { status: 400, body: { error: 'secret' } }, 1],
  ])('%s is reported, and not shown', async (_, answer, expected) => {
    api.instead = () => answer
    const { code, stdout, stderr } = await lethe(api.url, ['requests', 'show', requestId(1), '-o', 'json'])
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
    expect(stderr).toMatch(/^lethe: .*\(\d{3}, request-id aaaaaaaa-/)
    expect(stderr).not.toContain('secret')
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('a redirect is not followed', async () => {
    api.instead = ({ path }) =>
      path === '/elsewhere' ? null : { status: 307, headers: { location: `${api.url}/elsewhere` } }
    const { code, stderr } = await lethe(api.url, ['whoami'])
    expect(code).toBe(1)
    expect(stderr).toContain('redirect')
    expect(api.received).toHaveLength(1)
  })
})

describe('a server that cannot be asked', () => {
  it('is down', async () => {
    await api.close()
    const { code, stdout, stderr } = await lethe(api.url, ['whoami'])
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(stderr).toContain('cannot be reached (ECONNREFUSED)')
  })

  it('hangs', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const ran = lethe(api.url, ['whoami'], {
      fetch: (_, init) =>
        new Promise((_resolve, reject) => {
          init.signal?.addEventListener('abort', () => reject(new Error('aborted')))
          void vi.advanceTimersByTimeAsync(30_000)
        }),
    })
    const { code, stderr } = await ran.finally(() => vi.useRealTimers())
    expect(code).toBe(5)
    expect(stderr).toContain('did not answer within 30 s')
  })

  it('gets a time limit with each call', async () => {
    let signal: AbortSignal | null | undefined
    await lethe(api.url, ['whoami'], {
      fetch: (url, init) => {
        signal = init.signal
        return fetch(url, init)
      },
    })
    expect(signal).toBeInstanceOf(AbortSignal)
  })

  it('does not make the message of a platform error come out, which may quote the token', async () => {
    const { code, stderr } = await lethe(api.url, ['whoami'], {
      fetch: () => Promise.reject(new TypeError(`Bearer ${token} is no header`)),
    })
    expect(code).toBe(5)
    expect(stderr).not.toContain(token)
  })
})

describe('Retry-After', () => {
  const after = (value: string) => ({ 'retry-after': value })

  it.each([
    ['a read', ['requests', 'show', requestId(1)]],
    ['a write', ['remove', bobId, '--force']],
  ])('is kept to by %s', async (_, argv) => {
    let refusals = 2
    api.instead = () => {
      refusals -= 1
      return refusals < 0 ? null : errorAnswer(graphErrors.throttled, after('4'))
    }
    const { code, slept } = await lethe(api.url, argv)
    expect(code).toBe(0)
    expect(slept).toEqual([4000, 4000])
  })

  it('is kept to as a date', async () => {
    let calls = 0
    api.instead = () => {
      calls += 1
      return calls > 1
        ? null
        : errorAnswer(graphErrors.serviceNotAvailable, after('Mon, 23 Nov 2026 10:00:09 GMT'))
    }
    expect(await lethe(api.url, ['whoami'])).toMatchObject({ code: 0, slept: [9000] })
  })

  it.each([
    ['three times at most', '1', [1000, 1000, 1000]],
    ['for 30 s in all', '13', [13_000, 13_000]],
    ['not at all where it is too long', '31', []],
    ['not at all where it says nothing', 'soon', []],
  ])('is kept to %s', async (_, value, expected) => {
    api.instead = () => errorAnswer(graphErrors.throttled, after(value))
    const { code, slept } = await lethe(api.url, ['whoami'])
    expect(code).toBe(5)
    expect(slept).toEqual(expected)
    expect(api.received).toHaveLength(expected.length + 1)
  })

  it('is not looked at where nothing is to be repeated', async () => {
    api.instead = () => errorAnswer(graphErrors.unexpected, after('1'))
    expect(await lethe(api.url, ['whoami'])).toMatchObject({ code: 1, slept: [] })
  })

  it('without it nothing is repeated', async () => {
    api.instead = () => errorAnswer(graphErrors.throttled)
    expect(await lethe(api.url, ['whoami'])).toMatchObject({ code: 5, slept: [] })
  })
})

describe('the token', () => {
  it('is needed', async () => {
    const { code, stderr } = await lethe(api.url, ['whoami'], { env: { LETHE_TOKEN: '' } })
    expect(code).toBe(4)
    expect(stderr).toContain('Run lethe login, or put an access token for Lethe into LETHE_TOKEN')
    expect(api.received).toEqual([])
  })

  it.each([`${token}\nx`, 'two words', '  ', 'é'])('is not %j, and is not repeated', async bad => {
    const { code, stderr } = await lethe(api.url, ['whoami'], { env: { LETHE_TOKEN: bad } })
    expect(code).toBe(4)
    expect(stderr).not.toContain(token)
    expect(api.received).toEqual([])
  })

  it('may end with a line end, as a file does', async () => {
    expect(await lethe(api.url, ['whoami'], { env: { LETHE_TOKEN: `${token}\n` } })).toMatchObject({
      code: 0,
    })
  })

  it('need not be one that can be read here', async () => {
    const ran = await lethe(api.url, ['whoami'], { env: { LETHE_TOKEN: 'opaque' } })
    expect(ran).toMatchObject({ code: 4 })
    expect(api.received[0]?.headers.authorization).toBe('Bearer opaque')
  })
})

describe('the server', () => {
  it.each(['ftp://x', 'x', '', 'http://', 'https://me:secret@x', 'https://x?y=1', 'https://x#y'])(
    'is not %j',
    async server => {
      const { code, stderr } = await lethe('', ['whoami', `--server=${server}`])
      expect(code).toBe(2)
      expect(stderr).toContain('--server')
      expect(stderr).not.toContain('secret')
    },
  )

  it.each([
    'http://lethe.example',
    'http://10.0.0.1:8080',
    'http://127.0.0.1.example',
    'http://localhost.example',
  ])('does not get the token over plain http at %s', async server => {
    const { code, stderr } = await lethe('', ['whoami', '--server', server], {
      fetch: () => Promise.reject(new Error('must not be called')),
    })
    expect(code).toBe(2)
    expect(stderr).toContain('plain http')
  })

  it.each([
    ['https://lethe.example/', 'https://lethe.example/lethe/v1/me'],
    ['https://lethe.example/base/', 'https://lethe.example/base/lethe/v1/me'],
    ['http://localhost:8080', 'http://localhost:8080/lethe/v1/me'],
    ['http://[::1]:8080', 'http://[::1]:8080/lethe/v1/me'],
  ])('may be %s', async (server, expected) => {
    const asked: Array<string> = []
    await lethe('', ['whoami', '--server', server], {
      fetch: url => {
        asked.push(url.href)
        return Promise.reject(new Error('enough'))
      },
    })
    expect(asked).toEqual([expected])
  })

  it('is the one of --server rather than that of LETHE_SERVER', async () => {
    expect(await lethe('http://127.0.0.1:9', ['whoami', '--server', api.url])).toMatchObject({ code: 0 })
  })
})

describe('what is told of requests', () => {
  it('is nothing unless asked for', async () => {
    expect(await lethe(api.url, ['whoami'])).toMatchObject({ stderr: '' })
  })

  it('is method, template, status and time with --verbose', async () => {
    const { stderr } = await lethe(api.url, ['requests', 'show', requestId(1), '--verbose'])
    expect(stderr).toBe('lethe: GET /lethe/v1/removalRequests/{id} 200 0 ms\n')
  })

  it('has the request-id with --debug', async () => {
    const { stderr } = await lethe(api.url, ['profiles', 'show', bobId, '--debug'])
    expect(stderr).toBe(
      `lethe: GET /beta/directory/inboundSharedUserProfiles/{userId} 200 0 ms request-id ${serverRequestId}\n`,
    )
  })

  it('holds no id, no query and no token, for any command', async () => {
    const told = await Promise.all(
      [
        ['requests', 'list', '--user', bobId],
        ['profiles', 'list', '--filter', `userId eq '${bobId}'`],
        ['remove', bobId, '--force', '-o', 'none'],
        ['requests', 'approve', requestId(1)],
      ].map(argv => lethe(api.url, [...argv, '--verbose'])),
    )
    const lines = told.flatMap(({ stderr }) => stderr.split('\n').filter(line => / \d+ ms/.test(line)))
    expect(lines).toHaveLength(4)
    expect(lines.join('\n')).not.toMatch(/[0-9a-f]{8}-|\?|Bearer/)
  })
})
