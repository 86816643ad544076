import { afterEach, describe, expect, it, vi } from 'vitest'
import type { EntraTokensConfig } from '../src/index.js'
import { closeIssuers, openIssuer } from './fake-issuer.js'
import {
  type Claims,
  claimsOf,
  day,
  makeKey,
  minute,
  movableClock,
  resultOf,
  second,
  sign,
  start,
  verifierFor,
} from './tokens.js'

const key = await makeKey('first')
const next = await makeKey('next')
const other = await makeKey('first')

afterEach(closeIssuers)

const open = async (config: Partial<EntraTokensConfig> = {}) => {
  const issuer = await openIssuer(key.jwk)
  const clock = movableClock()
  const verifier = verifierFor(issuer, clock, config)
  const judge = (token: string) => resultOf(verifier, token)
  const issue = (claims: Claims) => sign(key, claimsOf(issuer, claims))
  const signatureChecks = vi.spyOn(globalThis.crypto.subtle, 'verify')
  return { issuer, clock, judge, issue, signatureChecks }
}

describe('a token that was verified', () => {
  it('is not checked again for five minutes, and then it is', async () => {
    const { clock, judge, issue, signatureChecks } = await open()
    const token = await issue({})
    expect(await judge(token)).toBe('accepted')
    clock.forward(5 * minute - 1)
    expect(await judge(token)).toBe('accepted')
    expect(signatureChecks).toHaveBeenCalledTimes(1)
    clock.forward(1)
    expect(await judge(token)).toBe('accepted')
    expect(signatureChecks).toHaveBeenCalledTimes(2)
  })

  it('is not remembered past exp, not even within the skew', async () => {
    const { clock, judge, issue, signatureChecks } = await open()
    const token = await issue({ exp: start + 90 })
    expect(await judge(token)).toBe('accepted')
    clock.forward(90 * second - 1)
    expect(await judge(token)).toBe('accepted')
    expect(signatureChecks).toHaveBeenCalledTimes(1)
    clock.forward(1)
    expect(await judge(token)).toBe('accepted')
    expect(await judge(token)).toBe('accepted')
    expect(signatureChecks).toHaveBeenCalledTimes(3)
    clock.forward(5 * minute)
    expect(await judge(token)).toBe('TokenExpired')
  })

  it('is not remembered past the removal of its key', async () => {
    const { issuer, clock, judge, issue, signatureChecks } = await open()
    const token = await issue({})
    expect(await judge(token)).toBe('accepted')
    issuer.publish(next.jwk)
    clock.forward(30 * second)
    expect(await judge(await sign(next, claimsOf(issuer)))).toBe('accepted')
    expect(await judge(token)).toBe('TokenInvalid')
    expect(signatureChecks).toHaveBeenCalledTimes(2)
  })

  it('is not remembered where another key took the name of its key', async () => {
    const { issuer, clock, judge, issue } = await open()
    const token = await issue({})
    expect(await judge(token)).toBe('accepted')
    issuer.publish(other.jwk, next.jwk)
    clock.forward(30 * second)
    expect(await judge(await sign(next, claimsOf(issuer)))).toBe('accepted')
    expect(await judge(token)).toBe('TokenInvalid')
  })

  it('is not remembered while the daily fetch of keys is overdue', async () => {
    const { issuer, clock, judge, issue, signatureChecks } = await open()
    const token = await issue({ exp: start + 3 * 24 * 3600 })
    expect(await judge(token)).toBe('accepted')
    clock.forward(day - second)
    expect(await judge(token)).toBe('accepted')
    issuer.fail()
    clock.forward(second)
    expect(await judge(token)).toBe('accepted')
    expect(await judge(token)).toBe('accepted')
    expect(signatureChecks).toHaveBeenCalledTimes(4)
  })

  it('is checked again when the clock is set back', async () => {
    const { clock, judge, issue, signatureChecks } = await open()
    expect(await judge(await issue({ jti: 'fetches the keys' }))).toBe('accepted')
    clock.forward(minute)
    const token = await issue({})
    expect(await judge(token)).toBe('accepted')
    clock.forward(-1)
    expect(await judge(token)).toBe('accepted')
    expect(signatureChecks).toHaveBeenCalledTimes(3)
    clock.forward(-6 * minute - second)
    expect(await judge(token)).toBe('TokenNotYetValid')
  })

  it('makes room for others', async () => {
    const { judge, issue, signatureChecks } = await open({ maxCachedTokens: 2 })
    const first = await issue({ jti: '1' })
    const second = await issue({ jti: '2' })
    const third = await issue({ jti: '3' })
    expect([await judge(first), await judge(second), await judge(third)]).toEqual(
      Array.from({ length: 3 }, () => 'accepted'),
    )
    expect([await judge(second), await judge(third)]).toEqual(['accepted', 'accepted'])
    expect(signatureChecks).toHaveBeenCalledTimes(3)
    expect(await judge(first)).toBe('accepted')
    expect(signatureChecks).toHaveBeenCalledTimes(4)
  })
})

describe('a token that was refused', () => {
  it('is checked again', async () => {
    const { judge, issue, signatureChecks } = await open()
    const token = await issue({ aud: 'api://other' })
    expect(await judge(token)).toBe('AudienceInvalid')
    expect(await judge(token)).toBe('AudienceInvalid')
    expect(signatureChecks).toHaveBeenCalledTimes(2)
  })

  it('leaves a genuine token with the same claims alone', async () => {
    const { issuer, judge, issue } = await open()
    const token = await issue({})
    expect(await judge(token)).toBe('accepted')
    expect(await judge(await sign(other, claimsOf(issuer)))).toBe('TokenInvalid')
    expect(await judge(token.slice(0, -4))).toBe('TokenInvalid')
    expect(await judge(token)).toBe('accepted')
  })
})
