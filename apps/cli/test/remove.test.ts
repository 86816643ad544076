import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe } from './support/fake-io.js'
import { annId, bobId, nobodyId, removalRequest, requestId, tenantId } from './support/samples.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
  api.requests = []
})
afterEach(() => api.close())

const bodies = (): ReadonlyArray<unknown> => api.received.map(({ body }): unknown => JSON.parse(body))

describe('remove', () => {
  it('submits and shows the request', async () => {
    const { code, stdout, stderr } = await lethe(api.url, ['remove', bobId, '--force', '-o', 'json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ id: requestId(1), userId: bobId, state: 'pendingApproval' })
    expect(bodies()).toEqual([{ userId: bobId }])
  })

  it('says so where it joins an open request', async () => {
    api.requests = [removalRequest()]
    const { code, stderr } = await lethe(api.url, ['remove', bobId, '--force'])
    expect(code).toBe(0)
    expect(stderr).toBe(
      `lethe: request ${requestId(1)} was open already, received 2026-11-23T09:00:00Z: joined.\n`,
    )
  })

  it('submits each person once, whatever the case', async () => {
    const { stdout } = await lethe(api.url, [
      'remove',
      bobId,
      bobId.toUpperCase(),
      annId,
      '--force',
      '-o',
      'json',
    ])
    expect(bodies()).toEqual([{ userId: bobId }, { userId: annId }])
    expect(JSON.parse(stdout)).toHaveLength(2)
  })

  it('tries each, shows what was done, and names the others by their place', async () => {
    const { code, stdout, stderr } = await lethe(api.url, [
      'remove',
      nobodyId,
      bobId,
      '--force',
      '-o',
      'json',
    ])
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject([{ userId: bobId }])
    expect(stderr).toMatch(/^lethe: userId 1 of 2: Resource .* \(404 Request_ResourceNotFound, request-id /)
  })
})

describe('--received', () => {
  it('is sent as the first moment of that day in UTC', async () => {
    await lethe(api.url, ['remove', bobId, '--force', '--received', '2026-11-20'])
    expect(bodies()).toEqual([{ userId: bobId, receivedDateTime: '2026-11-20T00:00:00Z' }])
  })

  it('may be today', async () => {
    expect(await lethe(api.url, ['remove', bobId, '--force', '--received', '2026-11-23'])).toMatchObject({
      code: 0,
    })
  })

  it.each(['2026-11-24', '2026-02-30', '2026-1-1', 'yesterday', '2026-11-20T00:00:00Z', ''])(
    'is not %s',
    async date => {
      const { code, stderr } = await lethe(api.url, ['remove', bobId, '--force', `--received=${date}`])
      expect(code).toBe(2)
      expect(stderr).toMatch(/^lethe: --received /)
      expect(api.received).toEqual([])
    },
  )
})

describe('a receipt of over a year ago', () => {
  const longAgo = ['remove', bobId, '--force', '--received', '2025-11-21']

  it('is refused before anything is sent, with the way to confirm it', async () => {
    const { code, stderr } = await lethe(api.url, longAgo)
    expect(code).toBe(2)
    expect(stderr).toBe(
      'lethe: --received: 2025-11-21 is over a year ago. Check the date. If it is right, add --confirm-received.\n',
    )
    expect(api.received).toEqual([])
  })

  it('is sent where it is confirmed', async () => {
    expect(await lethe(api.url, [...longAgo, '--confirm-received'])).toMatchObject({ code: 0 })
    expect(bodies()).toEqual([
      { userId: bobId, receivedDateTime: '2025-11-21T00:00:00Z', receivedConfirmed: true },
    ])
  })

  it('is confirmed together with its date only', async () => {
    const { code, stderr } = await lethe(api.url, ['remove', bobId, '--force', '--confirm-received'])
    expect(code).toBe(2)
    expect(stderr).toContain('--confirm-received goes with --received')
  })

  it('of a year ago to the day needs no confirmation', async () => {
    const received = ['--received', '2025-11-23']
    expect(await lethe(api.url, ['remove', bobId, '--force', ...received])).toMatchObject({ code: 0 })
    expect(bodies()).toEqual([{ userId: bobId, receivedDateTime: '2025-11-23T00:00:00Z' }])
  })
})

describe('bad userIds', () => {
  it.each([
    [['bob'], 'userId 1 of 1'],
    [[bobId, `{${annId}}`, ` ${annId}`], 'userId 2, 3 of 3'],
    [[`${bobId}/approve`], 'userId 1 of 1'],
  ])('%j are refused by their places, before anything is sent', async (userIds, places) => {
    const { code, stdout, stderr } = await lethe(api.url, ['remove', '--force', '--', ...userIds])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(`lethe: Not a GUID: ${places}.\n`)
    expect(api.received).toEqual([])
  })

  it.each([
    ['profiles', 'show'],
    ['requests', 'show'],
    ['requests', 'history'],
    ['requests', 'approve'],
    ['requests', 'withdraw'],
    ['requests', 'retry'],
  ])('%s %s checks its id as well', async (...words) => {
    const { code, stderr } = await lethe(api.url, [...words, '../me'])
    expect(code).toBe(2)
    expect(stderr).toContain('GUID')
    expect(api.received).toEqual([])
  })
})

describe('confirmation', () => {
  it.each(['y', 'Y', ' yes '])('takes %j for a yes', async types => {
    const { code, stderr } = await lethe(api.url, ['remove', bobId, annId], { stdinIsTerminal: true, types })
    expect(code).toBe(0)
    expect(stderr).toContain(`  ${bobId}\n  ${annId}\nfrom the tenant ${tenantId}.`)
    expect(stderr).toContain(' [y/N] ')
    expect(api.received).toHaveLength(2)
  })

  it.each(['n', '', 'yo', null])('takes %j for a no', async types => {
    const { code, stdout, stderr } = await lethe(api.url, ['remove', bobId], { stdinIsTerminal: true, types })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('lethe: Not confirmed')
    expect(api.received).toEqual([])
  })

  it('needs a terminal, or --force', async () => {
    const { code, stderr } = await lethe(api.url, ['remove', bobId], { types: 'y' })
    expect(code).toBe(2)
    expect(stderr).toContain('--force')
    expect(api.received).toEqual([])
  })

  it('does not name thousands', async () => {
    const userIds = Array.from(
      { length: 12 },
      (_, n) => `c228b2ae-c4fb-4eda-9620-${String(n).padStart(12, '0')}`,
    )
    const { stderr } = await lethe(api.url, ['remove', ...userIds], { stdinIsTerminal: true, types: 'n' })
    expect(stderr).toContain('  and 2 more\n')
  })

  it('is not asked for what removes nothing', async () => {
    api.requests = [removalRequest()]
    expect(await lethe(api.url, ['requests', 'withdraw', requestId(1)])).toMatchObject({ code: 0 })
  })

  it('ends with an interruption', async () => {
    const interruption = new AbortController()
    interruption.abort()
    const { code } = await lethe(api.url, ['remove', bobId], {
      stdinIsTerminal: true,
      types: null,
      interruption,
    })
    expect(code).toBe(130)
    expect(api.received).toEqual([])
  })
})
