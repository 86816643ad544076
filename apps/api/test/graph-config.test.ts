import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { decodeConfig } from '../src/config.js'
import { rightOf } from './making/decoded.js'
import { historyKeys } from './making/environment.js'
import { contoso } from './making/places.js'

type Environment = Readonly<Record<string, string | undefined>>

const least: Environment = {
  LETHE_TENANTS: contoso,
  LETHE_AUDIENCES: 'api://lethe',
  LETHE_ISSUERS: 'https://login.microsoftonline.com/{tenantid}/v2.0',
  LETHE_DATABASE_URL: 'postgres://lethe:secret@db.example/lethe',
  LETHE_HISTORY_KEYS: historyKeys,
}
const key = (id: string): string => `${id}:${Buffer.alloc(32, id).toString('base64')}`

const dataPlane = (changes: Environment) => rightOf(decodeConfig({ ...least, ...changes })).dataPlane

const mistakes = (changes: Environment): ReadonlyArray<string> => {
  const config = decodeConfig({ ...least, ...changes })
  return E.isLeft(config) ? config.left.mistakes : []
}

const secret = { LETHE_GRAPH_CLIENT_SECRET: 'hunter2' }
const delegated = { ...secret, LETHE_GRAPH_CREDENTIAL: 'delegated', LETHE_SEALING_KEYS: key('one') }

describe('how Graph is reached', () => {
  test('may be not at all', () => {
    expect(dataPlane({ LETHE_GRAPH_URL: 'memory:' })).toStrictEqual({ kind: 'memory' })
  })

  test.each([
    ['LETHE_GRAPH_CLIENT_SECRET', 'hunter2', { kind: 'secret', secret: 'hunter2' }],
    ['LETHE_GRAPH_CERTIFICATE_FILE', 'lethe.pem', { kind: 'certificateFile', path: 'lethe.pem' }],
    ['LETHE_GRAPH_FEDERATED_TOKEN_FILE', 'token', { kind: 'federatedTokenFile', path: 'token' }],
  ])('takes %s', (name, value, expected) => {
    expect(dataPlane({ [name]: value })).toMatchObject({ secret: expected, delegated: null })
  })

  test('takes exactly one of them', () => {
    const both = { ...secret, LETHE_GRAPH_CERTIFICATE_FILE: 'lethe.pem' }
    for (const changes of [{}, both]) {
      const [mistake, ...others] = mistakes(changes)
      expect(mistake).toMatch(/^LETHE_GRAPH_CLIENT_SECRET, .*: expected one of them/)
      expect(others).toStrictEqual([])
    }
  })

  test('knows national clouds by their addresses', () => {
    expect(
      dataPlane({
        ...secret,
        LETHE_GRAPH_URL: 'https://graph.microsoft.us/beta/',
        LETHE_GRAPH_AUTHORITY: 'https://login.microsoftonline.us',
        LETHE_GRAPH_CLIENT_ID: '5c1e8a2d-7b4f-4e9a-b3c6-d8f0a1b2c3d4',
      }),
    ).toMatchObject({
      root: 'https://graph.microsoft.us/beta',
      audience: 'https://graph.microsoft.us',
      authority: 'https://login.microsoftonline.us',
      clientId: '5c1e8a2d-7b4f-4e9a-b3c6-d8f0a1b2c3d4',
    })
  })

  test('keeps sign-ins only where it acts for people, and then needs keys', () => {
    expect(dataPlane(delegated)).toMatchObject({ delegated: [{ id: 'one' }] })
    expect(dataPlane({ ...delegated, LETHE_GRAPH_CREDENTIAL: '' })).toMatchObject({ delegated: null })
    expect(mistakes({ ...delegated, LETHE_SEALING_KEYS: '' })).toStrictEqual([
      'LETHE_SEALING_KEYS: expected a key where the credential is delegated',
    ])
  })

  test('acts for people alone whose tokens are for the registration that acts', () => {
    expect(dataPlane({ ...delegated, LETHE_AUDIENCES: 'x,lethe' })).toMatchObject({ kind: 'graph' })
    expect(mistakes({ ...delegated, LETHE_GRAPH_CLIENT_ID: 'another' })).toStrictEqual([
      'LETHE_GRAPH_CLIENT_ID: expected the registration of LETHE_AUDIENCES where the credential is delegated: the tokens of approvers are for it',
    ])
    expect(mistakes({ ...secret, LETHE_GRAPH_CLIENT_ID: 'another' })).toStrictEqual([])
  })

  test('acts for nobody where nobody approves', () => {
    expect(mistakes({ ...delegated, LETHE_APPROVALS: 'automatic' })).toStrictEqual([
      'LETHE_GRAPH_CREDENTIAL: expected application where approval is automatic: nobody approves to act for',
    ])
  })

  test.each(['LETHE_GRAPH_URL', 'LETHE_GRAPH_AUTHORITY'])('sends no secret in the clear: %s', name => {
    const allowed = { ...secret, LETHE_ALLOW_INSECURE_ISSUER: 'true' }
    expect(mistakes({ ...secret, [name]: 'http://127.0.0.1:8082' })).toHaveLength(1)
    expect(mistakes({ ...allowed, [name]: 'http://graph.example' })).toHaveLength(1)
    expect(mistakes({ ...allowed, [name]: 'http://127.0.0.1:8082' })).toStrictEqual([])
  })

  test.each([
    [
      'LETHE_GRAPH_URL',
      ['hunter2', 'graph.microsoft.com', 'ftp://graph.example', 'https://u:p@graph.example'],
    ],
    ['LETHE_GRAPH_AUTHORITY', ['login', 'https://login.example/?x=1', 'https://login.example/common']],
    ['LETHE_GRAPH_AUDIENCE', ['graph']],
    ['LETHE_GRAPH_CREDENTIAL', ['Application', 'both']],
    ['LETHE_SEALING_KEYS', ['hunter2', 'one:', 'one:aGVsbG8=', `:${Buffer.alloc(32).toString('base64')}`]],
  ])('refuses a wrong %s, and does not repeat it', (name, values) => {
    for (const value of values) {
      const wrong = mistakes({ ...secret, [name]: value })
      expect(wrong.map(line => line.split(': expected ')[0])).toStrictEqual([name])
      expect(wrong.join()).not.toContain(value)
    }
  })
})
