import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { annId, failure } from './support/samples.js'
import { change, shortOf, submitted, watch } from './support/watching.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
  api.requests = [submitted(3), submitted(2, { state: 'failed', failure }), submitted(1)]
})
afterEach(() => api.close())

const completed = { state: 'completed', outcome: 'verifiedAbsent', completedDateTime: '2026-11-24T09:00:00Z' }
const listPath = '/lethe/v1/removalRequests'
const nothing = () => undefined

describe('the filters', () => {
  it('--state chooses changes from or to a state', async () => {
    const steps = [
      () => change(api, 1, { state: 'approved' }),
      () => change(api, 1, { state: 'removing' }),
      () => change(api, 1, completed),
      nothing,
    ]
    const argv = ['-o', 'json', '--state', 'approved', '--state=failed,completed']
    const { stdout } = await watch(api, argv, steps)
    expect(shortOf(stdout)).toEqual([
      '1 pendingApproval>approved',
      '1 approved>removing',
      '1 removing>completed',
    ])
  })

  it('--user and --due-before are conditions of every list', async () => {
    api.requests = [submitted(2, { userId: annId }), submitted(1)]
    const argv = ['--user', annId.toUpperCase(), '--due-before', '2026-12-24', '-o', 'json']
    const { stdout, stderr } = await watch(api, argv, [
      () => change(api, 1, { state: 'approved' }),
      () => change(api, 2, completed),
      nothing,
    ])
    expect(stderr).toContain('1 open request ')
    expect(shortOf(stdout)).toEqual(['2 pendingApproval>completed'])
    const lists = api.received.filter(({ path }) => path === listPath)
    expect(lists.length).toBeGreaterThan(4)
    for (const { query } of lists)
      expect([query.get('userId'), query.get('dueBefore')]).toEqual([annId, '2026-12-24T00:00:00Z'])
  })
})

describe('--interval', () => {
  it.each([
    [[], 2000],
    [['--interval', '1'], 1000],
    [['--interval=86400'], 86_400_000],
  ])('%j is %i ms from look to look', async (argv, expected) => {
    const { slept } = await watch(api, argv, [nothing, nothing])
    expect(slept).toEqual([expected, expected, expected])
  })
})

describe('bad input', () => {
  it.each([
    ['--interval', '0'],
    ['--interval', '-1'],
    ['--interval', '0.5'],
    ['--interval', '86401'],
    ['--interval', 'soon'],
    ['--interval', ''],
    ['--state', 'done'],
    ['--state', ''],
    ['--user', 'bob'],
    ['--due-before', 'soon'],
    ['--due-before', '2026-02-30'],
  ])('%s %s is refused before anything is asked', async (option, value) => {
    const { code, stdout, stderr } = await watch(api, [`${option}=${value}`], [])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^lethe: ${option} takes `))
    expect(api.received).toEqual([])
  })
})
