import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { SignInOptions } from '../src/index.js'

const options = {
  authority: 'https://login.microsoftonline.com/common',
  clientId: 'b4e6f8a0-1c3d-4e7f-9a2b-3c4d5e6f7081',
  scopes: ['api://a3d5e7f9-0b2c-4d6e-8f1a-2b3c4d5e6f70/.default'],
}

describe('the sign-in options', () => {
  test('are read as they are written, without what nobody declared', () => {
    expect(SignInOptions.decode({ ...SignInOptions.encode(options), clientSecret: 'x' })).toEqual(
      E.right(options),
    )
  })

  test.each(['authority', 'clientId', 'scopes'])('need %s', name => {
    expect(E.isLeft(SignInOptions.decode({ ...options, [name]: undefined }))).toBe(true)
  })
})
