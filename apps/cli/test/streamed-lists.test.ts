import { graphErrors } from '@lethe/graph-contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, errorAnswer } from './support/answers.js'
import { readCsv } from './support/csv.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe } from './support/fake-io.js'
import { removalRequest, requestId } from './support/samples.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
  api.pageSize = 100
  api.requests = many(2500)
})
afterEach(() => api.close())

const many = (count: number) =>
  Array.from({ length: count }, (_, n) => removalRequest({ id: requestId(count - n) }))

const list = ['requests', 'list']
const asked = (): ReadonlyArray<string> => api.received.map(({ rawQuery }) => decodeURIComponent(rawQuery))
const rowsIn = (text: string): number => text.split(/[0-9a-f]{8}-0000-7000-8000-/).length - 1

describe('2,500 requests', () => {
  it('are asked for page by page, by the links that the server gives', async () => {
    const { code, stdout } = await lethe(api.url, list)
    expect({ code, rows: rowsIn(stdout) }).toEqual({ code: 0, rows: 2500 })
    expect(asked()).toEqual(['', ...Array.from({ length: 24 }, (_, n) => `?$skiptoken=${(n + 1) * 100}`)])
  })

  it.each(['text', 'json', 'csv', 'md'])(
    'are written as %s, each page before the next is asked for',
    async format => {
      const order: Array<string> = []
      api.instead = () => {
        order.push('asked')
        return null
      }
      await lethe(api.url, [...list, '-o', format], {
        wrote: text => order.push(`${rowsIn(text)} rows`),
      })
      expect(order.slice(0, 50)).toEqual(Array.from({ length: 25 }, () => ['asked', '100 rows']).flat())
    },
  )

  it('are one JSON array, as if it had been written at once', async () => {
    const { stdout } = await lethe(api.url, [...list, '-o', 'json'])
    expect(stdout).toBe(`${JSON.stringify(JSON.parse(stdout), null, 2)}\n`)
    expect(JSON.parse(stdout)).toHaveLength(2500)
  })

  it('are a CSV with one header', async () => {
    const { stdout } = await lethe(api.url, [...list, '-o', 'csv'])
    const rows = readCsv(stdout)
    expect(rows).toHaveLength(2501)
    expect(rows.filter(([first]) => first === 'id')).toHaveLength(1)
  })

  it('are one Markdown table', async () => {
    const { stdout } = await lethe(api.url, [...list, '-o', 'md'])
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(2502)
    expect(lines.filter(line => /^\|(?: -+ \|)+$/.test(line))).toHaveLength(1)
  })

  it('are one table in text, in columns that stay where they are when a longer state comes', async () => {
    api.requests = api.requests.map((request, n) => ({
      ...request,
      state: n < 100 ? 'failed' : 'pendingApproval',
    }))
    const { stdout } = await lethe(api.url, list)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(2501)
    expect(new Set(lines.map(line => line.search(/userId|c228b2ae/))).size).toBe(1)
  })

  it('go through --query as a whole', async () => {
    const { stdout } = await lethe(api.url, [...list, '--query', 'length(@)'])
    expect(stdout).toBe('2500\n')
  })
})

describe('--limit', () => {
  it.each([
    [1, ['?$top=1']],
    [999, ['?$top=999']],
    [1000, ['?$top=500', '?$top=500&$skiptoken=500']],
    [2400, ['?$top=800', '?$top=800&$skiptoken=800', '?$top=800&$skiptoken=1600']],
  ])('%i asks for so many, and for no page that is not needed', async (limit, expected) => {
    const { stdout } = await lethe(api.url, [...list, '--limit', String(limit), '-o', 'json'])
    expect(JSON.parse(stdout)).toHaveLength(limit)
    expect(asked()).toEqual(expected)
  })

  it('holds where the server gives more than it was asked for', async () => {
    api.instead = () => ({ status: 200, body: { value: many(10), '@odata.nextLink': `${api.url}/more` } })
    const { stdout } = await lethe(api.url, [...list, '--limit', '3', '-o', 'csv'])
    expect(readCsv(stdout)).toHaveLength(4)
    expect(api.received).toHaveLength(1)
  })

  it('bounds what --query collects', async () => {
    expect(await lethe(api.url, [...list, '--limit', '5', '--query', 'length(@)'])).toMatchObject({
      stdout: '5\n',
    })
    expect(api.received).toHaveLength(1)
  })
})

const ending: ReadonlyArray<readonly [name: string, answer: Answer, code: number, message: string]> = [
  ['a server that is down', errorAnswer(graphErrors.serviceNotAvailable), 5, '(503 '],
  ['a token that has expired', errorAnswer(graphErrors.tokenExpired), 4, 'Sign in again'],
  ['a broken server', errorAnswer(graphErrors.unexpected), 1, '(500 '],
  [
    'no JSON',
    { status: 200, headers: { 'content-type': 'application/json' }, body: '{"value":[' },
    1,
    'JSON',
  ],
  ['HTML', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }, 1, 'JSON'],
  ['another shape', { status: 200, body: { value: [{ id: 'secret' }] } }, 1, "not one of Lethe's"],
  [
    'a link to another host',
    { status: 200, body: { value: [], '@odata.nextLink': 'https://elsewhere.example/x' } },
    1,
    'https://elsewhere.example, another server',
  ],
  [
    'a link with a password',
    { status: 200, body: { value: [], '@odata.nextLink': 'http://me:secret@127.0.0.1:1/x' } },
    1,
    'another server',
  ],
]

describe.each(ending)('%s on the third page', (_, answer, code, message) => {
  beforeEach(() => {
    api.instead = ({ query }) => (query.get('$skiptoken') === '200' ? answer : null)
  })

  it('leaves two pages of text, says where the list breaks off and why, and fails', async () => {
    const ran = await lethe(api.url, list)
    expect({ code: ran.code, rows: rowsIn(ran.stdout) }).toEqual({ code, rows: 200 })
    expect(ran.stderr).toMatch(/^lethe: the list is not whole: it breaks off after 200\.\nlethe: /)
    expect(ran.stderr).toContain(message)
    expect(ran.stderr).not.toContain('secret')
    expect(api.received).toHaveLength(3)
  })

  it('leaves a JSON array open', async () => {
    const { stdout } = await lethe(api.url, [...list, '-o', 'json'])
    expect(() => {
      JSON.parse(stdout)
    }).toThrow(SyntaxError)
    expect(stdout).toMatch(/\}\n$/)
    expect(JSON.parse(`${stdout}]`)).toHaveLength(200)
  })

  it('shows nothing where --query needs all of it', async () => {
    const ran = await lethe(api.url, [...list, '--query', '[].id'])
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: '' })
    expect(ran.stderr).toContain('broke off after 200, and --query needs all of it')
  })
})

describe('a list that breaks off', () => {
  it('at the first page has written nothing', async () => {
    api.instead = () => errorAnswer(graphErrors.unexpected)
    const { code, stdout, stderr } = await lethe(api.url, [...list, '-o', 'json'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).not.toContain('whole')
  })

  it('because the connection breaks ends with 5', async () => {
    api.instead = ({ query }) => {
      if (query.get('$skiptoken') === '200') void api.close()
      return null
    }
    const { code, stdout, stderr } = await lethe(api.url, list)
    expect({ code, rows: rowsIn(stdout) }).toEqual({ code: 5, rows: 200 })
    expect(stderr).toContain('cannot be reached')
    await api.reopen()
  })

  it('on Ctrl-C ends with 130', async () => {
    const interruption = new AbortController()
    api.instead = ({ query }) => {
      if (query.get('$skiptoken') === '200') interruption.abort()
      return null
    }
    const { code, stdout, stderr } = await lethe(api.url, [...list, '-o', 'json'], { interruption })
    expect(code).toBe(130)
    expect(JSON.parse(`${stdout}]`)).toHaveLength(200)
    expect(stderr).toBe('lethe: the list is not whole: it breaks off after 200.\nlethe: Interrupted.\n')
  })

  it.each(['text', 'json', 'csv', 'md'])('because nobody reads %s any more ends quietly', async format => {
    const ran = await lethe(api.url, [...list, '-o', format], { stdoutClosesAfter: 1 })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(api.received).toHaveLength(2)
  })
})

describe('links in a wide circle', () => {
  it('are found out without a memory of all pages', async () => {
    api.instead = ({ query }) => {
      const page = Number(query.get('page') ?? '0')
      const next = page === 12 ? 5 : page + 1
      return { status: 200, body: { value: [], '@odata.nextLink': `?page=${next}` } }
    }
    const { code, stderr } = await lethe(api.url, list)
    expect(code).toBe(1)
    expect(stderr).toContain('circle')
    expect(api.received.length).toBeLessThan(60)
  })
})
