import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type BulkServer, startBulkServer } from './support/bulk-server.js'
import { readCsv } from './support/csv.js'
import { lethe } from './support/fake-io.js'

let server: BulkServer
beforeEach(async () => {
  server = await startBulkServer()
  for (let n = 1; n <= 5; n += 1) server.add(`aaaaaaaa-0000-4000-8000-00000000000${n}`, batchId)
})
afterEach(() => server.close())

const batchId = '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00'
const states = (): ReadonlyArray<string> => server.kept.map(({ state }) => state)
const digest = async (): Promise<string> =>
  (await lethe(server.url, ['batches', 'show', batchId, '--query', 'digest', '-o', 'text'])).stdout.trim()

describe('lethe batches show', () => {
  it('shows how many there are, how they stand, and some of them', async () => {
    const { code, stdout } = await lethe(server.url, ['batches', 'show', batchId])

    expect(code).toBe(0)
    expect(stdout).toMatch(/count:\s+5\n/)
    expect(stdout).toMatch(/states:\s+pendingApproval: 5\n/)
    expect(stdout).toContain('aaaaaaaa-0000-4000-8000-000000000005')
  })

  it('gives the batch and not its sample as CSV, and all of it as JSON', async () => {
    const { stdout } = await lethe(server.url, ['batches', 'show', batchId, '-o', 'csv'])
    const { stdout: json } = await lethe(server.url, ['batches', 'show', batchId, '-o', 'json'])

    expect(readCsv(stdout)).toEqual([
      [
        'id',
        'madeBy',
        'submittedDateTime',
        'closedDateTime',
        'count',
        'states',
        'homeTenants',
        'homeTenantCount',
        'dueDateTime',
        'digest',
      ],
      [
        batchId,
        expect.any(String),
        expect.any(String),
        '',
        '5',
        'pendingApproval: 5',
        expect.any(String),
        '1',
        expect.any(String),
        await digest(),
      ],
    ])
    expect(JSON.parse(json)).toMatchObject({ id: batchId, count: 5, homeTenantCount: 1 })
  })
})

describe('lethe batches list', () => {
  const other = (n: number): string => `0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f0${n}`
  beforeEach(() => {
    for (const n of [1, 2, 3, 4]) server.add(`bbbbbbbb-0000-4000-8000-00000000000${n}`, other(n))
  })

  it('shows all of them, page by page, the newest first', async () => {
    const { code, stdout } = await lethe(server.url, ['batches', 'list', '-o', 'csv'])

    const [header, ...rows] = readCsv(stdout)
    expect(code).toBe(0)
    expect(header).toEqual(['id', 'submittedDateTime', 'count', 'dueDateTime', 'closedDateTime', 'states'])
    expect(rows.map(([id, , count]) => [id, count])).toEqual([
      [other(4), '1'],
      [other(3), '1'],
      [other(2), '1'],
      [other(1), '1'],
      [batchId, '5'],
    ])
  })

  it('shows those that wait, and no more than are asked for', async () => {
    await lethe(server.url, ['batches', 'deny', other(4), '--code', 'duplicate', '--force'])

    const waiting = ['batches', 'list', '--state', 'pendingApproval']
    const { stdout } = await lethe(server.url, [...waiting, '--limit', '3', '-o', 'json'])

    expect(JSON.parse(stdout)).toMatchObject([{ id: other(3) }, { id: other(2) }, { id: other(1) }])
    expect((await lethe(server.url, [...waiting, '--query', '[-1].id'])).stdout).toBe(`${batchId}\n`)
  })

  it.each([
    ['--state', 'lost'],
    ['--limit', '0'],
  ])('takes no %s %s', async (option, value) => {
    expect((await lethe(server.url, ['batches', 'list', option, value])).code).toBe(2)
  })
})

describe.each(['approve', 'deny'] as const)('lethe batches %s', verb => {
  const argv = ['batches', verb, batchId, ...(verb === 'deny' ? ['--code', 'legalClaims'] : [])]
  const done = verb === 'approve' ? 'approved' : 'denied'

  it('shows the batch, asks, and decides all of it, part by part', async () => {
    const { code, stdout, stderr } = await lethe(server.url, argv, { stdinIsTerminal: true, types: 'y' })

    expect(code).toBe(0)
    expect(stderr).toContain('5 requests, of which 5 wait')
    expect(stderr).toContain('aaaaaaaa-0000-4000-8000-000000000001')
    expect(stdout).toMatch(/decided:\s+5\n/)
    expect(new Set(states())).toEqual(new Set([done]))
  })

  it('decides nothing where the answer is no, or nobody can be asked', async () => {
    expect((await lethe(server.url, argv, { stdinIsTerminal: true, types: 'n' })).code).toBe(1)
    const nobody = await lethe(server.url, argv)
    expect(nobody.code).toBe(2)
    expect(nobody.stderr).toContain('--digest')
    expect(new Set(states())).toEqual(new Set(['pendingApproval']))
  })

  it('says so where nothing waits any more, asks nobody, and is no failure', async () => {
    await lethe(server.url, [...argv, '--force'])

    const { code, stdout, stderr } = await lethe(server.url, argv)

    expect(code).toBe(0)
    expect(stderr).toBe(`lethe: nothing of the batch waits for approval (5 ${done}).\n`)
    expect(stdout).toMatch(/decided:\s+0\n/)
  })

  it('fails where nothing waits, and they decided none of it', async () => {
    for (const one of server.kept) one.state = verb === 'approve' ? 'denied' : 'approved'

    const { code, stderr } = await lethe(server.url, argv)

    expect(code).toBe(1)
    expect(stderr).toContain('Nothing in the batch waits for approval.')
  })

  it('decides exactly what was looked at, and asks nobody then', async () => {
    const looked = await digest()

    expect((await lethe(server.url, [...argv, '--digest', looked])).code).toBe(0)
    expect(new Set(states())).toEqual(new Set([done]))
  })

  it('decides nothing of a batch that grew since', async () => {
    const looked = await digest()
    server.add('aaaaaaaa-0000-4000-8000-000000000009', batchId)

    const { code, stderr } = await lethe(server.url, [...argv, '--digest', looked])

    expect(code).toBe(1)
    expect(stderr).toContain('requests were added to it')
    expect(new Set(states())).toEqual(new Set(['pendingApproval']))
  })

  it('decides it whatever is in it, where that is asked for', async () => {
    expect((await lethe(server.url, [...argv, '--force', '-o', 'json'])).code).toBe(0)
    expect(new Set(states())).toEqual(new Set([done]))
  })

  it.each([['x'], ['--digest']])('takes no %s for a digest', async text => {
    const { code } = await lethe(server.url, [...argv, '--digest', text])

    expect(code).toBe(2)
    expect(new Set(states())).toEqual(new Set(['pendingApproval']))
  })
})

describe.each([
  { verb: 'withdraw', from: ['pendingApproval', 'approved', 'failed', 'removing', 'failed'], counted: 4 },
  { verb: 'retry', from: ['failed', 'failed', 'failed', 'approved', 'denied'], counted: 3 },
])('lethe batches $verb', ({ verb, from, counted }) => {
  const argv = ['batches', verb, batchId]
  const became = verb === 'retry' ? 'removing' : 'withdrawn'
  const done = () => states().filter(state => state === became).length
  let before = 0
  beforeEach(() => {
    for (const [index, one] of server.kept.entries()) one.state = from[index] ?? ''
    before = done()
  })

  it('counts, asks, and does it to all of them, part by part', async () => {
    const { code, stdout, stderr } = await lethe(server.url, argv, { stdinIsTerminal: true, types: 'y' })

    expect(code).toBe(0)
    expect(stderr).toContain(`${counted} of the 5 requests of batch ${batchId}`)
    expect(stdout).toMatch(new RegExp(`decided:\\s+${counted}\\n`))
    expect(done() - before).toBe(counted)
  })

  it('does nothing where the answer is no, where nobody can be asked, or on a dry run', async () => {
    expect((await lethe(server.url, argv, { stdinIsTerminal: true, types: 'n' })).code).toBe(1)
    expect((await lethe(server.url, argv)).code).toBe(2)
    const dry = await lethe(server.url, [...argv, '--dry-run'])

    expect(dry.code).toBe(0)
    expect(dry.stderr).toContain(`${counted} of the 5 requests`)
    expect(states()).toEqual(from)
  })

  it('may be repeated', async () => {
    await lethe(server.url, [...argv, '--force'])

    const { code, stdout } = await lethe(server.url, argv)

    expect(code).toBe(0)
    expect(stdout).toMatch(/decided:\s+0\n/)
  })
})

it('lethe batches deny --code other needs a note', async () => {
  const argv = ['batches', 'deny', batchId, '--code', 'other', '--force']

  expect((await lethe(server.url, argv)).code).toBe(2)
  expect((await lethe(server.url, [...argv, '--note', 'By mistake.'])).code).toBe(0)
})
