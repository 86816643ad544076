import * as E from 'fp-ts/lib/Either.js'
import { DatabaseError } from 'pg'
import { describe, expect, it } from 'vitest'
import { Defect, type OnProblem, orUnavailable } from '../src/problems.js'

const ofDatabase = (code: string): DatabaseError =>
  Object.assign(new DatabaseError('bob', 3, 'error'), { code })
const ofSystem = (code: string): Error => Object.assign(new Error('bob'), { code })

/** What comes of a failure: the code of an outage; null where it is a bug. */
const endOf = async (error: unknown): Promise<string | null> => {
  const told: Array<Parameters<OnProblem>[0]> = []
  const onProblem: OnProblem = problem => {
    told.push(problem)
  }
  const run = orUnavailable(onProblem)('submit', async () => {
    throw error
  })
  try {
    expect(await run()).toStrictEqual(E.left({ _tag: 'Unavailable', retryAfterSeconds: 1 }))
    expect(told).toHaveLength(1)
    expect(told[0]?.operation).toBe('submit')
    return told[0]?.code ?? null
  } catch (thrown) {
    expect(thrown).toBe(error)
    expect(told).toEqual([])
    return null
  }
}

describe('a failure of the database', () => {
  it.each(
    '08006 08P01 28P01 28000 3D000 40001 40P01 53300 53100 55P03 57014 57P01 57P03 58030 25006 25P03 25P04'.split(
      ' ',
    ),
  )('is an outage with %s', async code => {
    expect(await endOf(ofDatabase(code))).toBe(code)
  })

  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ENOENT',
    'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('of the way to it is an outage: %s', async code => {
    expect(await endOf(ofSystem(code))).toBe(code)
  })

  it.each([
    ['Connection terminated unexpectedly', 'connectionLost'],
    ['timeout exceeded when trying to connect', 'connectTimeout'],
    ['Connection terminated due to connection timeout', 'connectTimeout'],
    ['Query read timeout', 'noAnswer'],
    ['The server does not support SSL connections', 'noTls'],
    ['SASL: SCRAM-SERVER-FINAL-MESSAGE: server signature does not match', 'notAuthenticated'],
  ])('that the driver calls "%s" is an outage', async (message, word) => {
    expect(await endOf(new Error(message))).toBe(word)
  })

  it.each([
    ...['22P02', '23505', '23514', '25P02', '26000', '42501', '42601', '42P01', 'P0001', 'XX000'].map(
      ofDatabase,
    ),
    ...['ERR_INVALID_ARG_TYPE', 'EPERM', 'PGBOSS_QUEUE_NOT_FOUND'].map(ofSystem),
    new Error('Queue perform-removal does not exist'),
    new Error('Connection terminated unexpectedly by bob'),
    new Defect('An append holds the approval of one person at most'),
    new TypeError('x is not a function'),
    'Connection terminated unexpectedly',
    null,
  ])('is a bug where it is none of these: %s', async error => {
    expect(await endOf(error)).toBeNull()
  })
})
