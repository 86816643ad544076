import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { authorityOf } from '../../src/index.js'

const mistakeOf = (host: string, insecure: boolean): string => {
  const authority = authorityOf(host, insecure)
  return E.isLeft(authority) ? authority.left : 'accepted'
}

describe('where tokens come from', () => {
  it.each([
    ['https://login.microsoftonline.com', false, 'accepted'],
    ['https://login.microsoftonline.us/', false, 'accepted'],
    ['https://login.partner.microsoftonline.cn', false, 'accepted'],
    ['login.microsoftonline.com', false, 'notAnHttpsOrigin'],
    ['https://login.microsoftonline.com/common', false, 'notAnHttpsOrigin'],
    ['https://login.microsoftonline.com?x=1', false, 'notAnHttpsOrigin'],
    ['https://someone@login.microsoftonline.com', false, 'notAnHttpsOrigin'],
    ['ftp://127.0.0.1', true, 'notAnHttpsOrigin'],
    ['http://127.0.0.1:8081', false, 'insecureNotAllowed'],
    ['http://login.example', true, 'insecureNotAllowed'],
    ['http://127.0.0.1.example', true, 'insecureNotAllowed'],
    ['http://127.0.0.1:8081', true, 'accepted'],
    ['http://localhost:8081', true, 'accepted'],
    ['http://[::1]:8081', true, 'accepted'],
  ])('%s, insecure: %s', (host, insecure, expected) => {
    expect(mistakeOf(host, insecure)).toBe(expected)
  })

  it('is the only place that is asked on loopback, and never anything without TLS elsewhere', () => {
    const [sandbox, cloud] = [
      authorityOf('http://127.0.0.1:8081', true),
      authorityOf('https://login.example', false),
    ]
    if (E.isLeft(sandbox) || E.isLeft(cloud)) throw new Error('An authority of the tests is refused')

    expect(sandbox.right.addressOf('https://127.0.0.1:8081/a?b=c')?.href).toBe('http://127.0.0.1:8081/a?b=c')
    expect(sandbox.right.addressOf('https://127.0.0.1:8082/a')).toBeNull()
    expect(sandbox.right.addressOf('http://127.0.0.1:8081/a')).toBeNull()
    expect(cloud.right.addressOf('https://login.example/a')?.href).toBe('https://login.example/a')
    expect(cloud.right.addressOf('http://login.example/a')).toBeNull()
  })
})
