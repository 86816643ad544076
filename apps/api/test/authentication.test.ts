import { callerFromClaims } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, test } from 'vitest'
import { bearerAuthentication } from '../src/authentication.js'

const caller = callerFromClaims({ tid: '9188040d-6c67-4c5b-b112-36a304b66dad', scp: 'x' })

/** What is verified, where an Authorization header is sent; null where nothing is. */
const verified = async (authorization: string | undefined): Promise<string | null> => {
  let seen: string | null = null
  const authenticate = bearerAuthentication(token => {
    seen = token
    return TE.right({ caller })
  })
  const outcome = await authenticate(authorization)()
  return E.isRight(outcome) ? seen : null
}

describe('a bearer credential', () => {
  test.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER   abc', 'abc'],
    ['Bearer abc  ', 'abc'],
    ['Bearer a b', 'a b'],
    [`Bearer a${' '.repeat(15_000)}x`, `a${' '.repeat(15_000)}x`],
  ])('is verified', async (authorization, token) => {
    expect(await verified(authorization)).toBe(token)
  })

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer    ',
    'Basic abc',
    'Bearerabc',
    ' Bearer abc',
    'abc',
  ])('is not %j', async authorization => {
    expect(await verified(authorization)).toBeNull()
  })
})
