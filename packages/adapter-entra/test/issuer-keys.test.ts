import type { ServerResponse } from 'node:http'
import * as E from 'fp-ts/lib/Either.js'
import { exportJWK, generateKeyPair } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { closeIssuers, openIssuer, type PublishedKey } from './fake-issuer.js'
import {
  claimsOf,
  contoso,
  day,
  makeKey,
  minute,
  movableClock,
  northwind,
  resultOf,
  second,
  sign,
  start,
  verifierFor,
} from './tokens.js'

const key = await makeKey('first')
const next = await makeKey('next')
const other = await makeKey('first')

/** Metadata, then keys. */
const oneFetch = 2

afterEach(closeIssuers)

const open = async (...keys: ReadonlyArray<PublishedKey>) => {
  const issuer = await openIssuer(...keys)
  const clock = movableClock()
  const verifier = verifierFor(issuer, clock, { fetchTimeoutMs: 60_000 })
  const judge = (token: string) => resultOf(verifier, token)
  const lasting = { exp: start + 30 * 24 * 3600 }
  return { issuer, clock, verifier, judge, token: await sign(key, claimsOf(issuer, lasting)), lasting }
}

describe('a refresh that fails', () => {
  it.each<readonly [string, (issuer: Awaited<ReturnType<typeof openIssuer>>) => void]>([
    ['status503', issuer => issuer.distort({ status: 503 })],
    ['notJson', issuer => issuer.interceptKeys(response => response.end('<html>'))],
    ['noKeys', issuer => issuer.publish()],
    ['oddMetadata', issuer => issuer.claimInMetadata({ issuer: 'https://elsewhere.example' })],
    ['tooLong', issuer => issuer.distort({ padding: 2_000_000 })],
    ['UND_ERR_SOCKET', issuer => issuer.intercept(request => request.socket.destroy())],
  ])('is told of, with the issuer and why: %s', async (code, spoil) => {
    const issuer = await openIssuer(key.jwk)
    spoil(issuer)
    const told: Array<unknown> = []
    const verifier = verifierFor(issuer, movableClock(), { onKeysFailed: problem => void told.push(problem) })

    expect(await resultOf(verifier, await sign(key, claimsOf(issuer)))).toBe('KeysUnavailable')

    expect(told).toEqual([{ issuer: issuer.v2(contoso), code }])
  })
})

describe('which keys count', () => {
  it('are found through the metadata of the very issuer, v1 and v2', async () => {
    const { issuer, judge, token } = await open(key.jwk)
    expect(await judge(token)).toBe('accepted')
    expect(await judge(await sign(key, claimsOf(issuer, { iss: issuer.v1(contoso) })))).toBe('accepted')
    expect(issuer.requests).toEqual([
      `/${contoso}/v2.0/.well-known/openid-configuration`,
      `/${contoso}/v2.0/keys`,
      `/${contoso}/.well-known/openid-configuration`,
      `/${contoso}/keys`,
    ])
  })

  it('with an issuer member: only that of the token’s issuer', async () => {
    const { issuer } = await open()
    const judgeUnder = async (keyIssuer: string) => {
      issuer.publish({ ...key.jwk, issuer: keyIssuer }, next.jwk)
      return resultOf(verifierFor(issuer, movableClock()), await sign(key, claimsOf(issuer)))
    }
    expect(await judgeUnder(issuer.v2('{tenantid}'))).toBe('accepted')
    expect(await judgeUnder(issuer.v2(contoso))).toBe('accepted')
    expect(await judgeUnder(issuer.v2(northwind))).toBe('TokenInvalid')
    expect(await judgeUnder(issuer.v1(contoso))).toBe('TokenInvalid')
    expect(await judgeUnder('')).toBe('TokenInvalid')
  })

  it.each([
    ['not for signatures', { use: 'enc' }],
    ['of another algorithm', { alg: 'RS512' }],
    ['not for verifying', { key_ops: ['encrypt'] }],
    ['of another type', { kty: 'EC' }],
    ['malformed', { n: '' }],
    ['without a name', { kid: undefined }],
    ['with an issuer that is no text', { issuer: 7 }],
  ])('a key %s never verifies, and does not spoil the others', async (_, members) => {
    const { issuer, judge, token } = await open({ ...key.jwk, ...members }, next.jwk)
    expect(await judge(token)).toBe('TokenInvalid')
    expect(await judge(await sign(next, claimsOf(issuer)))).toBe('accepted')
  })

  it('an elliptic key under the same kid never verifies', async () => {
    const { publicKey } = await generateKeyPair('ES256', { extractable: true })
    const elliptic = { ...(await exportJWK(publicKey)), kid: 'first', use: 'sig' }
    const { judge, token } = await open(elliptic, next.jwk)
    expect(await judge(token)).toBe('TokenInvalid')
  })

  it('an RSA key of less than 2,048 bits never verifies', async () => {
    const short = { ...key.jwk, n: Buffer.alloc(128, 0xab).toString('base64url') }
    const { judge, token } = await open(short)
    expect(await judge(token)).toBe('TokenInvalid')
  })

  it('a kid that names two different keys names neither; the same key twice is one', async () => {
    const twice = await open(key.jwk, key.jwk)
    expect(await twice.judge(twice.token)).toBe('accepted')
    const { issuer, judge, token } = await open(key.jwk, other.jwk)
    expect(await judge(token)).toBe('TokenInvalid')
    expect(await judge(await sign(other, claimsOf(issuer)))).toBe('TokenInvalid')
  })
})

describe('metadata', () => {
  it('may hold {tenantid} for the tenant', async () => {
    const { issuer, judge, token } = await open(key.jwk)
    issuer.claimInMetadata({ issuer: issuer.v2('{tenantid}') })
    expect(await judge(token)).toBe('accepted')
  })

  it.each([
    ['names another issuer', { issuer: 'https://login.example/' }],
    ['names no issuer', { issuer: undefined }],
    ['names no key set', { jwks_uri: undefined }],
    ['has no URL for the key set', { jwks_uri: 'keys' }],
    ['has another scheme for the key set', { jwks_uri: 'file:///keys' }],
  ])('that %s is not believed', async (_, members) => {
    const { issuer, judge, token } = await open(key.jwk)
    issuer.claimInMetadata(members)
    expect(await judge(token)).toBe('KeysUnavailable')
    expect(issuer.requests).toHaveLength(1)
  })

  it('of an http issuer may not lead to another http host', async () => {
    const { issuer, judge, token } = await open(key.jwk)
    const other = await openIssuer(key.jwk)
    issuer.claimInMetadata({ jwks_uri: other.url('/keys') })
    expect(await judge(token)).toBe('KeysUnavailable')
    expect(other.requests).toHaveLength(0)
  })

  it('of an https issuer may not lead to http', async () => {
    const secure = `https://login.example/${contoso}/v2.0`
    const asked: Array<string> = []
    const issuer = await openIssuer(key.jwk)
    const keysAt = issuer.url(`/${contoso}/v2.0/keys`)
    const verifierWith = (jwksUri: string) =>
      verifierFor(issuer, movableClock(), {
        issuers: [secure],
        fetch: ({ href: url }) => {
          asked.push(url)
          const isMetadata = url === `${secure}/.well-known/openid-configuration`
          const body = isMetadata ? { issuer: secure, jwks_uri: jwksUri } : { keys: [key.jwk] }
          return Promise.resolve(Response.json(body))
        },
      })
    const token = await sign(key, claimsOf(issuer, { iss: secure }))
    expect(await resultOf(verifierWith(keysAt), token)).toBe('KeysUnavailable')
    expect(asked).toHaveLength(1)
    expect(await resultOf(verifierWith('https://keys.example/'), token)).toBe('accepted')
    expect(asked.at(-1)).toBe('https://keys.example/')
  })
})

/** How a page of keys may be wrong. */
type BadAnswer = readonly [name: string, answer: (response: ServerResponse) => unknown]

const badAnswers: ReadonlyArray<BadAnswer> = [
  ['an error', response => response.writeHead(500).end()],
  ['no JSON', response => response.writeHead(200).end('<html>')],
  ['another document', response => response.writeHead(200).end('[]')],
  ['a broken connection', response => response.destroy()],
  ['no key', response => response.end('{"keys":[]}')],
  ['no key that verifies', response => response.end(JSON.stringify({ keys: [{ ...key.jwk, use: 'enc' }] }))],
]

describe('an issuer that does not answer well', () => {
  it.each(badAnswers)('with %s is unavailable', async (_, answer) => {
    const { issuer, judge, token } = await open(key.jwk)
    issuer.interceptKeys(answer)
    expect(await judge(token)).toBe('KeysUnavailable')
  })

  it.each(badAnswers)(
    'with %s goes on with the keys that are known, also where they are a day old',
    async (_, answer) => {
      const { issuer, clock, judge, token, lasting } = await open(key.jwk)
      expect(await judge(token)).toBe('accepted')
      issuer.interceptKeys(answer)
      for (const passed of [30 * second, day]) {
        clock.forward(passed)
        const asked = issuer.requests.length
        expect(await judge(await sign(next, claimsOf(issuer, lasting)))).toBe('KeysUnavailable')
        expect(issuer.requests.length).toBeGreaterThan(asked)
        expect(await judge(token)).toBe('accepted')
      }
    },
  )

  it.each([
    ['accepted', {}],
    ['accepted', { padding: 1_000_000 }],
    ['KeysUnavailable', { padding: 1024 * 1024 }],
    ['KeysUnavailable', { status: 500 }],
    ['KeysUnavailable', { status: 203 }],
  ])('must answer 200, with at most 1 MiB: %s with %j', async (result, how) => {
    const { issuer, judge, token } = await open(key.jwk)
    issuer.distort(how)
    expect(await judge(token)).toBe(result)
  })

  it('with a redirect is unavailable, and the redirect is not followed', async () => {
    const elsewhere = await openIssuer(key.jwk)
    const { issuer, judge, token } = await open(key.jwk)
    issuer.intercept((request, response) =>
      response.writeHead(302, { location: elsewhere.url(request.url ?? '') }).end(),
    )
    expect(await judge(token)).toBe('KeysUnavailable')
    expect(elsewhere.requests).toEqual([])
  })

  it('in time is unavailable', async () => {
    const issuer = await openIssuer(key.jwk)
    issuer.intercept(() => undefined)
    const verifier = verifierFor(issuer, movableClock(), { fetchTimeoutMs: 50 })
    expect(await resultOf(verifier, await sign(key, claimsOf(issuer)))).toBe('KeysUnavailable')
  })

  it('is asked once in 30 seconds, says when to come back, and recovers', async () => {
    const { issuer, clock, verifier, judge, token } = await open(key.jwk)
    issuer.fail()
    const outcomes = await Promise.all(Array.from({ length: 500 }, () => verifier.verify(token)()))
    expect(new Set(outcomes.map(outcome => JSON.stringify(outcome)))).toEqual(
      new Set([JSON.stringify(E.left({ _tag: 'KeysUnavailable', retryAfterSeconds: 30 }))]),
    )
    clock.forward(10.5 * second)
    expect(await verifier.verify(token)()).toEqual(E.left({ _tag: 'KeysUnavailable', retryAfterSeconds: 20 }))
    expect(issuer.requests).toHaveLength(1)

    clock.forward(19.5 * second)
    expect(await judge(token)).toBe('KeysUnavailable')
    expect(issuer.requests).toHaveLength(2)

    issuer.recover()
    expect(await judge(token)).toBe('KeysUnavailable')
    clock.forward(30 * second)
    expect(await judge(token)).toBe('accepted')
    expect(issuer.requests).toHaveLength(2 + oneFetch)
  })

  it('does not keep tokens of other issuers out', async () => {
    const { issuer, judge, token } = await open(key.jwk)
    expect(await judge(token)).toBe('accepted')
    issuer.fail()
    const unseen = await sign(key, claimsOf(issuer, { tid: northwind, iss: issuer.v2(northwind) }))
    expect(await judge(unseen)).toBe('KeysUnavailable')
    expect(await judge(await sign(key, claimsOf(issuer, { jti: '2' })))).toBe('accepted')
  })

  it('when a clock is set back is asked again', async () => {
    const { issuer, clock, judge, token } = await open(key.jwk)
    issuer.fail()
    expect(await judge(token)).toBe('KeysUnavailable')
    issuer.recover()
    clock.forward(-1 * second)
    expect(await judge(token)).toBe('accepted')
  })
})

describe('a flood', () => {
  it('of 1,000 unknown kids is one fetch in 30 seconds', async () => {
    const { issuer, clock, judge, token } = await open(key.jwk)
    expect(await judge(token)).toBe('accepted')
    clock.forward(30 * second)
    const flood = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => sign({ ...other, kid: `flood-${index}` }, claimsOf(issuer))),
    )
    expect(new Set(await Promise.all(flood.slice(0, 500).map(judge)))).toEqual(new Set(['TokenInvalid']))
    clock.forward(29 * second)
    expect(new Set(await Promise.all(flood.slice(500).map(judge)))).toEqual(new Set(['TokenInvalid']))
    expect(issuer.requests).toHaveLength(2 * oneFetch)
    expect(await judge(token)).toBe('accepted')
  })

  it('of unknown issuers and tenants is no fetch', async () => {
    const { issuer, judge } = await open(key.jwk)
    const flood = await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const tid = `55555555-5555-4555-8555-${String(index).padStart(12, '0')}`
        return sign(key, claimsOf(issuer, { tid, iss: issuer.v2(tid) }))
      }),
    )
    expect(new Set(await Promise.all(flood.map(judge)))).toEqual(new Set(['TokenInvalid']))
    expect(issuer.requests).toEqual([])
  })

  it('of first tokens shares one fetch', async () => {
    const { issuer, judge, lasting } = await open(key.jwk)
    const tokens = await Promise.all(
      Array.from({ length: 50 }, (_, index) => sign(key, claimsOf(issuer, { ...lasting, jti: `${index}` }))),
    )
    expect(new Set(await Promise.all(tokens.map(judge)))).toEqual(new Set(['accepted']))
    expect(issuer.requests).toHaveLength(oneFetch)
  })
})

describe('a slow issuer', () => {
  it('is not asked again while it still answers, however long ago it was asked', async () => {
    const { issuer, clock, judge, token } = await open(key.jwk)
    const release = issuer.hold()
    const first = judge(token)
    await expect.poll(() => issuer.requests).toHaveLength(1)
    clock.forward(10 * minute)
    const second = judge(token)
    release()
    expect(await Promise.all([first, second])).toEqual(['accepted', 'accepted'])
    expect(issuer.requests).toHaveLength(oneFetch)
  })
})

describe('rotation', () => {
  it('a new key is picked up on its kid, after the cooldown', async () => {
    const { issuer, clock, judge, token, lasting } = await open(key.jwk)
    expect(await judge(token)).toBe('accepted')
    issuer.publish(key.jwk, next.jwk)
    const rotated = await sign(next, claimsOf(issuer, lasting))
    expect(await judge(rotated)).toBe('TokenInvalid')
    clock.forward(30 * second)
    expect(await judge(rotated)).toBe('accepted')
    expect(await judge(token)).toBe('accepted')
    expect(issuer.requests).toHaveLength(2 * oneFetch)
  })

  it('lets nobody wait who comes with a key that is known', async () => {
    const { issuer, clock, judge, token, lasting } = await open(key.jwk)
    expect(await judge(token)).toBe('accepted')
    issuer.publish(next.jwk)
    clock.forward(day)
    const release = issuer.hold()
    expect(await judge(token)).toBe('accepted')
    const rotated = judge(await sign(next, claimsOf(issuer, lasting)))
    expect(await judge(token)).toBe('accepted')
    release()
    expect(await rotated).toBe('accepted')
    expect(await judge(token)).toBe('TokenInvalid')
    expect(issuer.requests).toHaveLength(2 * oneFetch)
  })

  it('a new key while the issuer is down is unavailable, not invalid', async () => {
    const { issuer, clock, judge, token, lasting } = await open(key.jwk)
    expect(await judge(token)).toBe('accepted')
    issuer.fail()
    clock.forward(30 * second)
    expect(await judge(await sign(next, claimsOf(issuer, lasting)))).toBe('KeysUnavailable')
    expect(await judge(token)).toBe('accepted')
  })

  it('keys are fetched anew daily, and a key that is gone no longer verifies', async () => {
    const { issuer, clock, judge, token } = await open(key.jwk)
    expect(await judge(token)).toBe('accepted')
    issuer.publish(next.jwk)
    clock.forward(day - 1)
    expect(await judge(token)).toBe('accepted')
    expect(issuer.requests).toHaveLength(oneFetch)
    clock.forward(1)
    expect(await judge(token)).toBe('accepted')
    await expect.poll(() => judge(token)).toBe('TokenInvalid')
    expect(issuer.requests).toHaveLength(2 * oneFetch)
  })

  it('a daily fetch that fails keeps the old keys, and is tried again once in 30 seconds', async () => {
    const { issuer, clock, judge, token } = await open(key.jwk)
    expect(await judge(token)).toBe('accepted')
    clock.forward(day)
    issuer.fail()
    expect(await Promise.all([judge(token), judge(token), judge(token)])).toEqual(
      Array.from({ length: 3 }, () => 'accepted'),
    )
    await expect.poll(() => issuer.requests).toHaveLength(oneFetch + 1)
    clock.forward(29 * second)
    expect(await judge(token)).toBe('accepted')
    expect(issuer.requests).toHaveLength(oneFetch + 1)

    issuer.recover()
    issuer.publish(next.jwk)
    clock.forward(second)
    await expect.poll(() => judge(token)).toBe('TokenInvalid')
    expect(issuer.requests).toHaveLength(2 * oneFetch + 1)
  })
})
