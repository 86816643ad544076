import { graphErrors } from '@lethe/graph-contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, errorAnswer } from './support/answers.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { change, shortOf, type Step, submitted, watch } from './support/watching.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
  api.requests = [submitted(2), submitted(1)]
})
afterEach(() => api.close())

const nothing = () => undefined
const json = ['-o', 'json']
const times = (count: number, step: Step): ReadonlyArray<Step> => Array.from({ length: count }, () => step)
const cannot = 'lethe: the server cannot be asked; trying until it can.'
const again = 'lethe: the server answers again.\n'
const answering = (answer: Answer | null) => () => {
  api.instead = () => answer
}
const countIn = (text: string, part: string): number => text.split(part).length - 1

describe('a server that is down for a while', () => {
  it('is said once, and when it is back, and what was missed is shown', async () => {
    const { code, stdout, stderr, slept } = await watch(api, json, [
      () => api.close(),
      ...times(6, nothing),
      () => {
        change(api, 1, { state: 'completed', outcome: 'verifiedAbsent' })
        api.requests = [submitted(4), submitted(3, { state: 'withdrawn' }), ...api.requests]
      },
      () => api.reopen(),
      nothing,
    ])
    expect(code).toBe(0)
    expect(shortOf(stdout)).toEqual([
      '4 new>pendingApproval',
      '3 new>withdrawn',
      '1 pendingApproval>completed',
    ])
    expect(slept).toEqual([2000, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 2000, 2000])
    expect([countIn(stderr, cannot), countIn(stderr, again)]).toEqual([1, 1])
  })

  it('may be down from the start', async () => {
    await api.close()
    const { code, stderr } = await watch(api, json, [nothing, () => api.reopen(), nothing])
    expect(code).toBe(0)
    expect(stderr.startsWith(cannot)).toBe(true)
    expect(stderr).toContain(`${again}lethe: 2 open requests`)
  })

  it('is said again where it is down again', async () => {
    const { stderr } = await watch(api, json, [
      answering(errorAnswer(graphErrors.serviceNotAvailable)),
      answering(null),
      answering(errorAnswer(graphErrors.throttled)),
      answering(null),
      nothing,
    ])
    expect([countIn(stderr, cannot), countIn(stderr, again)]).toEqual([2, 2])
  })

  it('does not make it begin a list anew', async () => {
    api.requests = Array.from({ length: 1500 }, (_, n) => submitted(1500 - n))
    let failures = 2
    api.instead = ({ query }) => {
      if (query.get('$skiptoken') !== '999' || failures === 0) return null
      failures -= 1
      return errorAnswer(graphErrors.serviceNotAvailable)
    }
    const { stderr } = await watch(api, json, [nothing, nothing])
    const pages = api.received
      .filter(({ query }) => query.has('state'))
      .map(({ query }) => query.get('$skiptoken'))
    expect(pages).toEqual([null, '999', '999', '999'])
    expect(stderr).toContain('1500 open requests')
  })

  it('does not keep Ctrl-C from ending it with 0', async () => {
    const { code, stderr } = await watch(api, json, [() => api.close(), nothing, nothing])
    expect(code).toBe(0)
    expect(stderr).not.toContain(again)
    expect(stderr).not.toContain('Interrupted')
  })
})

describe('Retry-After', () => {
  it.each([
    ['seconds', '45', 45_000],
    ['a date', 'Mon, 23 Nov 2026 10:00:52 GMT', 50_000],
    ['less than it waits by itself', '0', 1000],
    ['an hour at most', '99999', 3_600_000],
    ['nothing that can be read', 'soon', 1000],
  ])('is kept to as %s', async (_, value, expected) => {
    const { code, slept } = await watch(api, json, [
      answering(errorAnswer(graphErrors.throttled, { 'retry-after': value })),
      answering(null),
      nothing,
    ])
    expect(code).toBe(0)
    expect(slept).toEqual([2000, expected, 2000, 2000])
  })
})

describe('what ends it', () => {
  const html = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }
  const foreign = { status: 200, body: { value: [], '@odata.nextLink': 'https://elsewhere.example/x' } }
  const refusals: ReadonlyArray<readonly [name: string, answer: Answer, code: number, message: string]> = [
    ['a token that has expired', errorAnswer(graphErrors.tokenExpired), 4, 'Sign in again'],
    ['a caller who may not', errorAnswer(graphErrors.requestDenied), 4, '(403 '],
    ['a broken server', errorAnswer(graphErrors.unexpected), 1, '(500 '],
    ['no JSON', html, 1, 'JSON'],
    ['another shape', { status: 200, body: { value: [{}] } }, 1, "not one of Lethe's"],
    ['a link to another host', foreign, 1, 'another server'],
  ]

  it.each(refusals)('is %s, at the first look', async (_, answer, expected, message) => {
    api.instead = () => answer
    const { code, stdout, stderr } = await watch(api, json, [])
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
    expect(stderr).toContain(message)
  })

  it.each(refusals)('is %s, and leaves what was shown', async (_, answer, expected, message) => {
    const { code, stdout, stderr } = await watch(api, json, [
      () => change(api, 1, { state: 'approved' }),
      answering(answer),
      nothing,
    ])
    expect({ code, short: shortOf(stdout) }).toEqual({
      code: expected,
      short: ['1 pendingApproval>approved'],
    })
    expect(stderr).toContain(message)
  })

  it('is a refusal of one that was open before', async () => {
    api.instead = ({ path }) => (path.endsWith('1') ? errorAnswer(graphErrors.tokenExpired) : null)
    const { code } = await watch(api, json, [() => change(api, 1, { state: 'withdrawn' }), nothing])
    expect(code).toBe(4)
  })

  it('is a reader that has enough, quietly', async () => {
    const { code, stdout, stderr } = await watch(
      api,
      json,
      [
        () => change(api, 1, { state: 'approved' }),
        () => change(api, 1, { state: 'removing' }),
        () => change(api, 1, { state: 'verifying' }),
      ],
      { stdoutClosesAfter: 1 },
    )
    expect({ code, short: shortOf(stdout) }).toEqual({ code: 0, short: ['1 pendingApproval>approved'] })
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('is SIGTERM too', async () => {
    let heeded = 0
    await watch(api, json, [], {
      heedTermination: () => {
        heeded += 1
      },
    })
    expect(heeded).toBe(1)
  })
})
