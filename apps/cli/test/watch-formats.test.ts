import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCsv } from './support/csv.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { failure, requestId } from './support/samples.js'
import { change, linesOf, submitted, watch } from './support/watching.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
  api.requests = [submitted(2), submitted(1)]
})
afterEach(() => api.close())

const steps = () => [
  () => change(api, 1, { state: 'failed', failure }),
  () => {
    api.requests = [submitted(3), ...api.requests]
  },
  () => change(api, 2, { state: 'completed', outcome: 'acceptedOnly' }),
  () => undefined,
]

const shownAs = async (...argv: ReadonlyArray<string>): Promise<string> =>
  (await watch(api, argv, steps())).stdout

describe('a watch', () => {
  it('is a table in text, in columns that are as wide from the start as they ever get', async () => {
    expect(await shownAs()).toBe(
      [
        'seenDateTime          change   id                                    from             to               dueDateTime           result',
        `2026-11-23T10:00:02Z  changed  ${requestId(1)}  pendingApproval  failed           2026-12-23T23:59:59Z  signInRequired`,
        `2026-11-23T10:00:04Z  new      ${requestId(3)}  -                pendingApproval  2026-12-23T23:59:59Z  -`,
        `2026-11-23T10:00:06Z  changed  ${requestId(2)}  pendingApproval  completed        2026-12-23T23:59:59Z  acceptedOnly`,
        '',
      ].join('\n'),
    )
  })

  it('is an object a line in JSON, told apart by "change"', async () => {
    const lines = linesOf(await shownAs('-o', 'json'))
    expect(lines.map(({ change }) => change)).toEqual(['changed', 'new', 'changed'])
  })

  it('is CSV with one header', async () => {
    const rows = readCsv(await shownAs('-o', 'csv'))
    expect(rows.map(row => row[1])).toEqual(['change', 'changed', 'new', 'changed'])
    expect(new Set(rows.map(row => row.length))).toEqual(new Set([11]))
  })

  it('is one Markdown table', async () => {
    const lines = (await shownAs('-o', 'md')).trimEnd().split('\n')
    expect(lines).toHaveLength(5)
    expect(lines.filter(line => /^\|(?: -+ \|)+$/.test(line))).toHaveLength(1)
  })

  it('is nothing', async () => {
    expect(await shownAs('-o', 'none')).toBe('')
  })

  it('has the header of CSV though nothing happened', async () => {
    const { stdout } = await watch(api, ['-o', 'csv'], [])
    expect(readCsv(stdout)).toHaveLength(1)
  })

  it('is coloured on a terminal, and only there', async () => {
    const { stdout } = await watch(api, [], steps(), { stdoutIsTerminal: true })
    expect(stdout).toContain(`${String.fromCodePoint(27)}[31mfailed`)
    expect(await shownAs()).not.toContain(String.fromCodePoint(27))
  })
})

describe('--query', () => {
  it('is about each line', async () => {
    expect(await shownAs('--query', 'id')).toBe(`${[1, 3, 2].map(requestId).join('\n')}\n`)
  })

  it('leaves out what it makes null of', async () => {
    const query = "[@][?change=='new'] | [0]"
    expect(await shownAs('--query', query)).toMatch(/^seen[^\n]*\n[^\n]* new [^\n]*\n$/)
  })

  it('writes a line of JSON for each, whatever it makes of it', async () => {
    const stdout = await shownAs('--query', '{id: id, states: [from, to]}', '-o', 'json')
    expect(stdout.split('\n')[0]).toBe(
      JSON.stringify({ id: requestId(1), states: ['pendingApproval', 'failed'] }),
    )
    expect(stdout.split('\n')).toHaveLength(4)
  })

  it('has a header in CSV once, and again where its columns change', async () => {
    const rows = readCsv(await shownAs('-o', 'csv', '--query', 'from && {id: id, from: from} || {id: id}'))
    expect(rows).toEqual([
      ['id', 'from'],
      [requestId(1), 'pendingApproval'],
      ['id'],
      [requestId(3)],
      ['id', 'from'],
      [requestId(2), 'pendingApproval'],
    ])
  })

  it('is a usage mistake where a function does not fit', async () => {
    const { code, stderr } = await watch(api, ['--query', 'abs(id)'], steps())
    expect(code).toBe(2)
    expect(stderr).toContain('lethe: --query')
  })
})
