import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe } from './support/fake-io.js'
import { abandonment, bobId, denial, failure, identity, requestId } from './support/samples.js'
import { change, linesOf, shortOf, submitted, watch } from './support/watching.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
  api.requests = [invented(2), submitted(1)]
})
afterEach(() => api.close())

/** A request with a word in every place that this lethe has never heard of. */
const invented = (n: number) =>
  submitted(n, {
    state: 'frozenByCourt',
    denial: { ...denial, code: 'newCode' },
    failure: { ...failure, reason: 'newReason' },
    abandonment: {
      ...abandonment,
      code: 'newClosing',
      effects: 'newEffects',
      lastLook: [{ holder: 'graph', result: 'newLook' }],
    },
    holders: [
      {
        name: 'graph',
        state: 'newHolderState',
        attempts: 1,
        blockedBy: 'newBlock',
        detail: null,
        holderRequestId: null,
      },
    ],
    outcome: 'newOutcome',
  })

const words = [
  'frozenByCourt',
  'newCode',
  'newReason',
  'newClosing',
  'newEffects',
  'newLook',
  'newHolderState',
  'newBlock',
  'newOutcome',
]

describe('words of a newer server', () => {
  it.each(['text', 'json', 'csv', 'md'])('are shown as they are, as %s', async format => {
    const { code, stdout } = await lethe(api.url, ['requests', 'show', requestId(2), '-o', format])
    expect(code).toBe(0)
    for (const word of words) expect(stdout).toContain(word)
  })

  it.each(['text', 'json', 'csv', 'md'])('do not hide the other rows of a list, as %s', async format => {
    const { code, stdout } = await lethe(api.url, ['requests', 'list', '-o', format])
    expect(code).toBe(0)
    expect(stdout).toContain('frozenByCourt')
    expect(stdout).toContain(requestId(1))
  })

  it('get past a query', async () => {
    const query = ['--query', "[?state=='frozenByCourt'].failure.reason"]
    expect(await lethe(api.url, ['requests', 'list', ...query])).toMatchObject({
      code: 0,
      stdout: 'newReason\n',
    })
  })

  it('are no mistake in what lethe whoami and lethe status are told', async () => {
    api.instead = ({ path }) => {
      if (path.endsWith('/me'))
        return {
          status: 200,
          body: { ...identity(), kind: 'newKind', contract: 'newContract', operations: ['newOperation'] },
        }
      const queue = { waiting: 0, longestWaitSeconds: null, held: 0 }
      return path.endsWith('/status')
        ? {
            status: 200,
            body: {
              overdue: 0,
              unreadable: 0,
              queue,
              worker: { unseenSeconds: 2 },
              graph: { state: 'newState', sinceDateTime: null, blockedBy: 'newBlock' },
            },
          }
        : null
    }
    const [whoami, status] = [await lethe(api.url, ['whoami']), await lethe(api.url, ['status'])]
    expect([whoami.code, status.code]).toEqual([0, 0])
    expect(whoami.stdout).toMatch(/newKind[^]*newOperation[^]*newContract/)
    expect(status.stdout).toContain('newState')
  })

  it('in a batch are counted under their names', async () => {
    const batch = {
      id: '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00',
      submittedDateTime: '2026-11-23T09:00:00Z',
      closedDateTime: null,
      count: 1,
      states: [{ state: 'frozenByCourt', count: 1 }],
      dueDateTime: null,
    }
    api.instead = () => ({ status: 200, body: { value: [batch] } })
    const { code, stdout } = await lethe(api.url, ['batches', 'list'])
    expect(code).toBe(0)
    expect(stdout).toContain('frozenByCourt: 1')
  })
})

describe('a state of a newer server', () => {
  const unknown = `request ${requestId(1)} is frozenByCourt, a state that this lethe does not know: it may have ended. Use the lethe of the server's version.`
  const completed = {
    state: 'completed',
    outcome: 'verifiedAbsent',
    completedDateTime: '2026-11-24T09:00:00Z',
  }

  it('is told by a watch of all, in both directions', async () => {
    const { code, stdout } = await watch(
      api,
      ['-o', 'json'],
      [
        () => change(api, 1, { state: 'frozenByCourt' }),
        () => undefined,
        () => change(api, 1, { state: 'approved' }),
        () => change(api, 1, completed),
      ],
    )
    expect(code).toBe(0)
    expect(shortOf(stdout)).toEqual([
      '1 pendingApproval>frozenByCourt',
      '1 frozenByCourt>approved',
      '1 approved>completed',
    ])
    expect(linesOf(stdout)).toHaveLength(3)
  })

  it('is not taken for an end by a watch of one, which says that it may be one', async () => {
    api.requests = [submitted(1, { state: 'frozenByCourt' })]
    const { code, stdout, stderr } = await watch(
      api,
      [requestId(1), '-o', 'json'],
      [() => undefined, () => change(api, 1, completed)],
    )
    expect(code).toBe(0)
    expect(shortOf(stdout)).toEqual(['1 present>frozenByCourt', '1 frozenByCourt>completed'])
    expect(stderr).toBe(`lethe: ${unknown}\n`)
  })

  it('is not taken for an end by --wait, which says that it may be one', async () => {
    api.requests = []
    api.beforeRead = request => submitted(1, { id: request.id, state: 'frozenByCourt' })
    const { code, stderr } = await lethe(api.url, ['remove', bobId, '--force', '--wait=60'])
    expect(code).toBe(7)
    expect(stderr).toContain(`lethe: ${unknown}\n`)
    expect(stderr).toContain('still frozenByCourt after 60 s')
  })
})
