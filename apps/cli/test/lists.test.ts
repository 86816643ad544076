import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe } from './support/fake-io.js'
import { bobId, profile, removalRequest, requestId } from './support/samples.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
})
afterEach(() => api.close())

const lines = (text: string): number => text.split('\n').length - 1

describe('profiles list', () => {
  beforeEach(() => {
    api.profiles = Array.from({ length: 7 }, () => profile())
  })

  it('follows the links to all pages', async () => {
    const { code, stdout } = await lethe(api.url, ['profiles', 'list'])
    expect(code).toBe(0)
    expect(lines(stdout)).toBe(8)
    expect(api.received.map(({ rawQuery }) => rawQuery)).toEqual([
      '',
      '?$skiptoken=2',
      '?$skiptoken=4',
      '?$skiptoken=6',
    ])
  })

  it('shows at most --limit, and reads no further', async () => {
    const { stdout } = await lethe(api.url, ['profiles', 'list', '--limit', '3'])
    expect(lines(stdout)).toBe(4)
    expect(api.received).toHaveLength(2)
    expect(api.received[0]?.query.get('$top')).toBe('3')
  })

  it('sends the filter as it is, encoded once', async () => {
    const filter =
      "userPrincipalName eq 'o''hara+x@contoso.com' and homeTenantId eq '486fb458-9474-4c44-896b-b30942d055f0'"
    await lethe(api.url, ['profiles', 'list', '--filter', filter])
    expect(api.received[0]?.query.get('$filter')).toBe(filter)
    expect(api.received[0]?.rawQuery).not.toContain('+')
  })

  it('is a usage mistake where the server does not take the filter', async () => {
    const { code, stderr } = await lethe(api.url, ['profiles', 'list', '--filter', 'displayName gt 1'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^lethe: .*\(400 BadRequest, request-id aaaaaaaa-/)
  })

  it('says on stderr, and only there, that there is nothing', async () => {
    api.profiles = []
    expect(await lethe(api.url, ['profiles', 'list'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'lethe: nothing found.\n',
    })
  })

  it.each([
    ['another host', 'http://127.0.0.2:9/x'],
    ['another port', 'http://127.0.0.1:9/x'],
    ['another scheme', 'https://127.0.0.1/x'],
    ['no host', 'data:application/json,{}'],
  ])('does not take the token to %s', async (_, link) => {
    api.instead = () => ({ status: 200, body: { value: [profile()], '@odata.nextLink': link } })
    const { code, stderr } = await lethe(api.url, ['profiles', 'list', '-o', 'json'])
    expect(code).toBe(1)
    expect(stderr).toContain('another server')
    expect(api.received).toHaveLength(1)
  })

  it('follows a relative link', async () => {
    api.instead = ({ query }) =>
      query.has('$skiptoken')
        ? { status: 200, body: { value: [profile()] } }
        : { status: 200, body: { value: [profile()], '@odata.nextLink': '?$skiptoken=x' } }
    const { stdout } = await lethe(api.url, ['profiles', 'list'])
    expect(lines(stdout)).toBe(3)
  })

  it('does not run in circles', async () => {
    api.instead = () => ({ status: 200, body: { value: [], '@odata.nextLink': `${api.url}/x` } })
    const { code, stderr } = await lethe(api.url, ['profiles', 'list'])
    expect(code).toBe(1)
    expect(stderr).toContain('circle')
    expect(api.received).toHaveLength(2)
  })
})

describe('requests list', () => {
  it('sends the options that were given', async () => {
    await lethe(api.url, [
      'requests',
      'list',
      '--state',
      'pendingApproval, failed',
      '--user',
      bobId.toUpperCase(),
      '--due-before',
      '2026-12-24',
      '--limit',
      '5',
    ])
    expect(Object.fromEntries(api.received[0]?.query ?? [])).toEqual({
      state: 'pendingApproval,failed',
      userId: bobId,
      dueBefore: '2026-12-24T00:00:00Z',
      $top: '5',
    })
  })

  it('reads all pages, or as many as --limit needs', async () => {
    api.requests = [1, 2, 3, 4, 5].map(n => removalRequest({ id: requestId(n) }))
    const all = await lethe(api.url, ['requests', 'list'])
    const some = await lethe(api.url, ['requests', 'list', '--limit', '1'])
    expect([lines(all.stdout), lines(some.stdout)]).toEqual([6, 2])
  })

  it.each([
    ['again', ['--state', 'failed', '--state', 'approved']],
    ['with commas', ['--state', 'failed,approved']],
    ['both ways, and twice', ['--state', 'failed, approved', '--state', 'failed']],
  ])('takes states that are given %s', async (_, argv) => {
    await lethe(api.url, ['requests', 'list', ...argv])
    expect(api.received[0]?.query.get('state')).toBe('failed,approved')
  })

  it('sends a date-time in UTC', async () => {
    await lethe(api.url, ['requests', 'list', '--due-before', '2026-12-24T01:00:00+02:00'])
    expect(api.received[0]?.query.get('dueBefore')).toBe('2026-12-23T23:00:00Z')
  })

  it.each([
    ['--state', 'done'],
    ['--state', ''],
    ['--user', 'bob'],
    ['--due-before', 'soon'],
    ['--due-before', '2026-02-30'],
    ['--limit', '0'],
    ['--limit', '-1'],
    ['--limit', 'x'],
    ['--limit', '1.5'],
    ['--limit', '1e3'],
    ['--due-before', '2026-12-24T10:00:00'],
    ['--state', 'failed,'],
  ])('does not take %s %s', async (option, value) => {
    const { code, stdout, stderr } = await lethe(api.url, ['requests', 'list', `${option}=${value}`])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^lethe: ${option}`))
    expect(api.received).toEqual([])
  })
})
