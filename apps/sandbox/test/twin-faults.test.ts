import { execFileSync } from 'node:child_process'
import * as t from 'io-ts'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { contoso, northwind } from '../src/people.js'
import { type Ending, endings } from '../src/twin/endings.js'
import { decoded } from './making/decoded.js'
import { removeFolders } from './making/folders.js'
import { call, contosoUsers, look, openTwin, putFaults, remove, setFaults, stopTwins } from './making/twin.js'

const twin = await openTwin()
const token = await twin.tokenOf('adele')
afterAll(async () => {
  await stopTwins()
  await removeFolders()
})
beforeEach(() => setFaults(twin, {}))

const users = [...contosoUsers()]
/** Somebody whom no other test asks for. */
const somebody = (): string => {
  const user = users.pop()
  if (user === undefined) throw new Error('Nobody is left')
  return user
}

const always = (ending: Ending, more: object = {}) => ({ endings: { [ending]: 1 }, ...more })

const GraphError = t.type({ error: t.type({ code: t.string, message: t.string }) })
const codeIn = (text: string | null): string => decoded(GraphError)(JSON.parse(text ?? 'null')).error.code

/** Whether the profile is gone, truly. */
const isGone = async (userId: string): Promise<boolean> => {
  await setFaults(twin, {})
  const { status } = await look(twin, token, userId)
  if (status !== 404 && status !== 200) throw new Error(`Nobody knows: ${status}`)
  return status === 404
}

describe('an ending without effect', () => {
  test.each([
    ['status400', 400, 'BadRequest', null],
    ['status401', 401, 'InvalidAuthenticationToken', null],
    ['status403', 403, 'Authorization_RequestDenied', null],
    ['status404Wrong', 404, 'NotFound', null],
    ['status405', 405, 'Request_BadRequest', null],
    ['status409', 409, 'Conflict', null],
    ['status429', 429, 'TooManyRequests', null],
    ['status429RetryAfter', 429, 'TooManyRequests', '1'],
    ['status500', 500, 'InternalServerError', null],
    ['status502', 502, 'BadGateway', null],
    ['status503', 503, 'serviceNotAvailable', null],
    ['status503RetryAfter', 503, 'serviceNotAvailable', '1'],
  ] as const)('%s is answered, to reads as well', async (ending, status, code, retryAfter) => {
    const user = somebody()
    await setFaults(twin, always(ending))
    for (const method of ['POST', 'GET'] as const) {
      const seen = await call(twin, token, method, user)
      expect(seen.status).toBe(status)
      expect(codeIn(seen.text)).toBe(code)
      expect(seen.headers.get('Content-Type')).toBe('application/json')
      expect(seen.headers.get('Retry-After')).toBe(retryAfter)
      expect(seen.headers.get('Operation-Location')).toBeNull()
    }
    expect(await isGone(user)).toBe(false)
  })

  test('nonJson is a page of something in between', async () => {
    const user = somebody()
    await setFaults(twin, always('nonJson'))
    const seen = await remove(twin, token, user)
    expect([seen.status, seen.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(seen.text).toContain('<!doctype html>')
    expect(await isGone(user)).toBe(false)
  })

  test('resetBefore resets the connection', async () => {
    const user = somebody()
    await setFaults(twin, always('resetBefore'))
    expect(await remove(twin, token, user)).toMatchObject({ status: 0, failure: 'ECONNRESET' })
    expect(await isGone(user)).toBe(false)
  })

  test('hangBefore answers nothing, and resets in the end', async () => {
    const user = somebody()
    await setFaults(twin, always('hangBefore', { hangMs: 300 }))
    const start = performance.now()
    expect(await remove(twin, token, user)).toMatchObject({ status: 0, failure: 'ECONNRESET' })
    expect(performance.now() - start).toBeGreaterThanOrEqual(295)
    expect(await isGone(user)).toBe(false)
  })
})

describe('an ending after the effect', () => {
  test('resetAfter loses the answer', async () => {
    const user = somebody()
    await setFaults(twin, always('resetAfter'))
    expect(await remove(twin, token, user)).toMatchObject({ status: 0, failure: 'ECONNRESET' })
    expect(await isGone(user)).toBe(true)
  })

  test('status504 loses it in a gateway', async () => {
    const user = somebody()
    await setFaults(twin, always('status504'))
    const seen = await remove(twin, token, user)
    expect([seen.status, codeIn(seen.text)]).toEqual([504, 'GatewayTimeout'])
    expect(seen.headers.get('Operation-Location')).toBeNull()
    expect(await isGone(user)).toBe(true)
  })

  test('hangAfter lets a client wait, and does not need it to stay', async () => {
    const user = somebody()
    await setFaults(twin, always('hangAfter', { hangMs: 3_600_000 }))
    const impatience = new AbortController()
    const asked = call(twin, token, 'POST', user, impatience.signal)
    const removalsOf = () =>
      twin.ledger
        .view()
        .people.filter(({ userId }) => userId === user)
        .map(({ removals }) => removals)
    await expect.poll(removalsOf).toEqual([1])
    impatience.abort()
    expect((await asked).status).toBe(0)
    expect(await isGone(user)).toBe(true)
  })

  test.each(['POST', 'GET'] as const)('truncated ends the body of a %s too early', async method => {
    const user = somebody()
    await setFaults(twin, always('truncated'))
    const seen = await call(twin, token, method, user)
    expect([seen.status, seen.text]).toEqual([200, null])
    expect(seen.failure).not.toBeNull()
    expect(await isGone(user)).toBe(method === 'POST')
  })

  // A server's first listener puts a Response of its own in the place of Node's.
  test('truncated ends the body too early where another server was made before the twin was loaded', () => {
    const program = `
      import { createServer } from 'node:http'
      import { getRequestListener } from '@hono/node-server'
      getRequestListener(() => new Response())
      const { truncate } = await import('./dist/twin/connection.js')
      const server = createServer((incoming, outgoing) => {
        const connection = { incoming, outgoing }
        getRequestListener(() => truncate(connection, new Response('{"value":[]}')))(incoming, outgoing)
      })
      server.listen(0, '127.0.0.1', async () => {
        const answer = await fetch('http://127.0.0.1:' + server.address().port)
        console.log(await answer.text().catch(() => 'cut'))
        server.close()
      })`
    const folder = new URL('..', import.meta.url)
    const args = ['--input-type=module', '--eval', program]
    expect(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })).toBe(
      'cut\n',
    )
  })
})

describe('a claims challenge', () => {
  const demand = { access_token: { acrs: { essential: true, value: 'c1' } } }
  const demandIn = (headers: Headers): unknown => {
    const [, encoded = ''] =
      /error="insufficient_claims", claims="([^"]+)"/.exec(headers.get('WWW-Authenticate') ?? '') ?? []
    return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'))
  }

  test('comes once for a token', async () => {
    const [user, fresh] = [somebody(), await twin.tokenOf('adele', { uti: 'once' })]
    await setFaults(twin, always('claimsChallenge'))
    const challenged = await remove(twin, fresh, user)
    expect([challenged.status, codeIn(challenged.text)]).toEqual([401, 'InvalidAuthenticationToken'])
    expect(demandIn(challenged.headers)).toEqual(demand)
    expect((await remove(twin, fresh, user)).status).toBe(204)
  })

  test('never comes for a token with an authentication context', async () => {
    const [user, stronger] = [somebody(), await twin.tokenOf('adele', { acrs: ['c1'] })]
    await setFaults(twin, always('claimsChallenge'))
    expect((await remove(twin, stronger, user)).status).toBe(204)
  })

  test('comes every time for a person who must show more', async () => {
    const { address } = twin
    const strict = await openTwin({ demandOf: tenantId => (tenantId === contoso ? demand : null) })
    expect(strict.address).not.toBe(address)
    await setFaults(strict, {})
    const user = somebody()
    const weak = await strict.tokenOf('adele')
    for (const _ of [1, 2]) expect((await look(strict, weak, user)).status).toBe(401)
    expect((await look(strict, await strict.tokenOf('adele', { acrs: ['c1'] }), user)).status).toBe(200)
  })
})

describe('latency', () => {
  test('is added to every call', async () => {
    await setFaults(twin, { latencyMs: { min: 200, max: 220 } })
    const start = performance.now()
    expect((await look(twin, token, somebody())).status).toBe(200)
    expect(performance.now() - start).toBeGreaterThanOrEqual(195)
  })
})

describe('shares', () => {
  /** How so many reads end, one after the other. */
  const outcomes = async (count: number): Promise<ReadonlyArray<number>> => {
    const user = somebody()
    const seen: Array<number> = []
    for (let n = 0; n < count; n += 1) seen.push((await look(twin, token, user)).status)
    return seen
  }

  test('follow from the seed', async () => {
    const mixed = { endings: { status503: 0.3, status500: 0.2, resetBefore: 0.2 } }
    await setFaults(twin, mixed, 7)
    const first = await outcomes(40)
    await setFaults(twin, mixed, 7)
    expect(await outcomes(40)).toEqual(first)
    await setFaults(twin, mixed, 8)
    expect(await outcomes(40)).not.toEqual(first)
    expect(new Set(first)).toEqual(new Set([0, 200, 500, 503]))
  })

  test('are a little by default: 1 % fail in passing, and 1 % of the answers are lost', async () => {
    await setFaults(twin, null, 5)
    const seen = await outcomes(300)
    const failing = seen.filter(status => status !== 200)
    expect(failing.length).toBeGreaterThan(0)
    expect(failing.length).toBeLessThan(20)
    expect(new Set(failing)).toEqual(new Set([0, 503]))
  })

  test('leave the calls of another tenant, and of nobody, alone', async () => {
    await setFaults(twin, always('status500'))
    await putFaults(twin, { tenantId: northwind, faults: {} })
    const omar = await twin.tokenOf('omar')
    expect((await look(twin, omar, somebody())).status).toBe(404)
    expect((await look(twin, 'nonsense', somebody())).status).toBe(401)
  })
})

describe('PUT /sandbox/faults', () => {
  const List = t.type({
    value: t.array(t.type({ tenantId: t.string, faults: t.UnknownRecord, seed: t.number })),
  })
  const faultsNow = async () =>
    decoded(List)(await (await fetch(`${twin.address}/sandbox/faults`)).json()).value

  test('is read back with GET', async () => {
    const faults = {
      rate: { writesPerSecond: 2.5, burst: 3, retryAfter: false },
      endings: { resetAfter: 0.25 },
      hangMs: 5,
      latencyMs: { min: 1, max: 2 },
      staysForSeconds: 4,
    }
    const put = await putFaults(twin, { tenantId: contoso, faults, seed: 3 })
    expect([put.status, await put.json()]).toEqual([200, { tenantId: contoso, faults, seed: 3 }])
    expect(await faultsNow()).toContainEqual({ tenantId: contoso, faults, seed: 3 })
  })

  test('takes every ending', async () => {
    for (const ending of endings)
      expect((await putFaults(twin, { tenantId: contoso, faults: always(ending) })).status).toBe(200)
    const all = Object.fromEntries(endings.map(ending => [ending, 1 / endings.length]))
    expect((await putFaults(twin, { tenantId: contoso, faults: { endings: all } })).status).toBe(200)
  })

  test('goes back to the usual with null', async () => {
    expect((await putFaults(twin, { tenantId: contoso, faults: null })).status).toBe(200)
    expect(await faultsNow()).toContainEqual({
      tenantId: contoso,
      faults: { endings: { status503: 0.005, resetBefore: 0.005, resetAfter: 0.01 } },
      seed: 1,
    })
  })

  test.each([
    ['nothing', null, 'PutFaults'],
    ['no tenant', { faults: {} }, 'tenantId: expected'],
    [
      'an unknown tenant',
      { tenantId: '99999999-9999-4999-8999-999999999999', faults: {} },
      `expected one of ${contoso}`,
    ],
    [
      'a misspelt fault',
      { tenantId: contoso, faults: { endngs: {} } },
      'no other properties than rate, endings',
    ],
    ['a misspelt ending', { tenantId: contoso, faults: { endings: { reset: 1 } } }, 'resetBefore'],
    ['a share over 1', { tenantId: contoso, faults: { endings: { status500: 1.5 } } }, 'a share, 0 to 1'],
    [
      'shares over 1',
      { tenantId: contoso, faults: { endings: { status500: 0.6, status503: 0.6 } } },
      'add up to 1',
    ],
    ['no rate', { tenantId: contoso, faults: { rate: { writesPerSecond: 0 } } }, 'more than 0'],
    [
      'half a write',
      { tenantId: contoso, faults: { rate: { writesPerSecond: 1, burst: 1.5 } } },
      'a whole number',
    ],
    ['an upside-down latency', { tenantId: contoso, faults: { latencyMs: { min: 2, max: 1 } } }, 'min first'],
    ['a seed of words', { tenantId: contoso, faults: {}, seed: 'hunter2' }, 'seed: expected a whole number'],
  ])('takes no %s, and says what it expects', async (_, body, expected) => {
    const before = await faultsNow()
    const response = await putFaults(twin, body)
    expect(response.status).toBe(400)
    const text = await response.text()
    expect(text).toContain(expected)
    expect(text).not.toContain('hunter2')
    expect(await faultsNow()).toEqual(before)
  })
})
