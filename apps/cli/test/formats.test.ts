import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCsv } from './support/csv.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe } from './support/fake-io.js'
import { annId, bobId, denial, history, profile, removalRequest, requestId } from './support/samples.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
})
afterEach(() => api.close())

describe('text', () => {
  it('aligns the columns of a list under headers, wide characters included', async () => {
    api.profiles = [profile({ displayName: '田中さん' }), profile({ userId: annId, displayName: 'Ann' })]
    const { stdout } = await lethe(api.url, ['profiles', 'list'])
    expect(stdout).toBe(
      [
        'userId                                displayName  userPrincipalName  homeTenantId',
        `${bobId}  田中さん     bob@contoso.com    486fb458-9474-4c44-896b-b30942d055f0`,
        `${annId}  Ann          bob@contoso.com    486fb458-9474-4c44-896b-b30942d055f0`,
        '',
      ].join('\n'),
    )
  })

  it('shows one result as names and values, without those that are empty', async () => {
    const { stdout } = await lethe(api.url, ['requests', 'show', requestId(1)])
    expect(stdout).toContain('\napprovals:         1/2\n')
    expect(stdout).toContain('\nholders:           graph: pending (0)\n')
    expect(stdout).toContain('\ndueDateTime:       2026-12-23T23:59:59Z\n')
    expect(stdout).not.toContain('denial')
  })

  it('names the application where no person asked, and says when all are erased', async () => {
    api.requests = [
      removalRequest({ submittedBy: { userId: null, appId: '33333333-0000-4000-8000-000000000001' } }),
      removalRequest({ id: requestId(2), submittedBy: null, userId: null }),
    ]
    const first = await lethe(api.url, ['requests', 'show', requestId(1)])
    const second = await lethe(api.url, ['requests', 'show', requestId(2)])
    expect(first.stdout).toContain('submittedBy:       app 33333333-0000-4000-8000-000000000001\n')
    expect(second.stdout).toContain('submittedBy:       erased\n')
  })

  it('shows the events of a history under what is known of it', async () => {
    const { stdout } = await lethe(api.url, ['requests', 'history', requestId(1)])
    expect(stdout).toContain('intact:    true\n')
    expect(stdout).toMatch(
      /\n\nsequence {2}atDateTime +type +hash +data\n1 {9}2026-11-23T09:00:00Z {2}removalRequested/,
    )
    expect(stdout).toContain('policy={"mode":"automatic"}')
  })
})

describe('CSV', () => {
  it('comes back as it was, with commas, quotes and lines in it', async () => {
    api.requests = [removalRequest({ state: 'denied', denial })]
    const { stdout } = await lethe(api.url, ['requests', 'list', '-o', 'csv'])
    const [header = [], row = []] = readCsv(stdout)
    expect(row[header.indexOf('denialNote')]).toBe(denial.note)
    expect(row[header.indexOf('denial')]).toBe('legalClaims')
    expect(row[header.indexOf('completedDateTime')]).toBe('')
  })

  it.each(['=1+1', '+1', '-1', '@x'])('defuses the formula %s', async displayName => {
    api.profiles = [profile({ displayName })]
    const { stdout } = await lethe(api.url, ['profiles', 'show', bobId, '-o', 'csv'])
    const [header = [], row = []] = readCsv(stdout)
    expect(row[header.indexOf('displayName')]).toBe(`'${displayName}`)
  })

  it('has its header once, however many pages there are, and where there is nothing', async () => {
    api.profiles = [1, 2, 3, 4, 5].map(() => profile())
    const full = await lethe(api.url, ['profiles', 'list', '-o', 'csv'])
    api.profiles = []
    const empty = await lethe(api.url, ['profiles', 'list', '-o', 'csv'])
    expect(readCsv(full.stdout).filter(([first]) => first === 'userId')).toHaveLength(1)
    expect(readCsv(full.stdout)).toHaveLength(6)
    expect(readCsv(empty.stdout)).toEqual([['userId', 'displayName', 'userPrincipalName', 'homeTenantId']])
  })
})

describe('Markdown', () => {
  it('takes nothing in a cell for Markdown or HTML', async () => {
    api.profiles = [profile({ displayName: 'a|b <img> ![x](y)\nz' })]
    const { stdout } = await lethe(api.url, ['profiles', 'list', '-o', 'md'])
    expect(stdout).toContain(String.raw`a\|b \<img\> !\[x\](y)\\nz`)
    expect(stdout.trimEnd().split('\n')).toHaveLength(3)
  })
})

describe('JSON', () => {
  it('is the result as the wire has it', async () => {
    const { stdout } = await lethe(api.url, ['requests', 'history', requestId(1), '-o', 'json'])
    expect(JSON.parse(stdout)).toEqual(history())
  })

  it('is one array for all pages', async () => {
    api.profiles = [1, 2, 3, 4, 5].map(() => profile())
    const { stdout } = await lethe(api.url, ['profiles', 'list', '-o', 'json'])
    expect(JSON.parse(stdout)).toEqual(api.profiles)
  })
})

describe('--query', () => {
  beforeEach(() => {
    api.requests = [
      removalRequest(),
      removalRequest({ id: requestId(2), state: 'denied', denial }),
      removalRequest({ id: requestId(3) }),
    ]
  })

  it('selects values, a line each', async () => {
    const { stdout } = await lethe(api.url, ['requests', 'list', '--query', "[?state=='pendingApproval'].id"])
    expect(stdout).toBe(`${requestId(1)}\n${requestId(3)}\n`)
  })

  it('leaves what is still a request in the columns of requests', async () => {
    const all = await lethe(api.url, ['requests', 'list'])
    const one = await lethe(api.url, ['requests', 'list', '--query', "[?state=='denied']"])
    expect(one.stdout.split('\n')[0]?.split(/ +/)).toEqual(all.stdout.split('\n')[0]?.split(/ +/))
    expect(one.stdout).toContain('graph: pending (0)')
  })

  it('shows other objects with a column for each property, and what is nested as JSON', async () => {
    const { stdout } = await lethe(api.url, [
      'requests',
      'list',
      '--query',
      '[1:].{code: denial.code, by: submittedBy}',
      '-o',
      'csv',
    ])
    expect(readCsv(stdout)).toEqual([
      ['code', 'by'],
      [
        'legalClaims',
        '{"userId":"22222222-0000-4000-8000-000000000001","appId":"33333333-0000-4000-8000-000000000001"}',
      ],
      [
        '',
        '{"userId":"22222222-0000-4000-8000-000000000001","appId":"33333333-0000-4000-8000-000000000001"}',
      ],
    ])
  })

  it('shows nothing in text, and null in JSON, for what is not there', async () => {
    const text = await lethe(api.url, ['whoami', '--query', 'nothing'])
    const json = await lethe(api.url, ['whoami', '--query', 'nothing', '-o', 'json'])
    expect(text).toMatchObject({ code: 0, stdout: '' })
    expect(json).toMatchObject({ code: 0, stdout: 'null\n' })
  })

  it('is refused before anything is sent where it is no JMESPath', async () => {
    const { code, stdout, stderr } = await lethe(api.url, ['remove', bobId, '--force', '--query', '[?'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('lethe: --query')
    expect(api.received).toEqual([])
  })

  it('is a usage mistake where a function does not fit the result', async () => {
    const { code, stdout } = await lethe(api.url, ['whoami', '--query', 'abs(kind)'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})
