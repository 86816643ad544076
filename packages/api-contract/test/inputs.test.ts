import { describeErrors } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { BatchContinuation, Closing, Denial, longestNote, NewRemovalRequest } from '../src/index.js'

const userId = 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac'

describe('a new removal request', () => {
  it.each([
    { userId },
    { userId, receivedDateTime: '2026-11-01T00:00:00Z' },
    { userId, receivedDateTime: '2020-11-01T00:00:00Z', receivedConfirmed: true },
  ])('may be %j', sent => {
    expect(E.isRight(NewRemovalRequest.decode(sent))).toBe(true)
  })

  it.each([
    {},
    null,
    [],
    'text',
    { userId: 'somebody' },
    { userId, receivedDateTime: 'yesterday' },
    { userId, recievedDateTime: '2026-11-01T00:00:00Z' },
  ])('may not be %j', sent => {
    expect(E.isLeft(NewRemovalRequest.decode(sent))).toBe(true)
  })

  it('says what is expected, and nothing that was sent', () => {
    const result = NewRemovalRequest.decode({ userId, nickname: 'bobby' })
    const said = E.isLeft(result) ? describeErrors(result.left).join() : ''
    expect(said).toContain('an object with userId and no other properties than receivedDateTime')
    expect(said).not.toMatch(/nickname|bobby|c228/)
  })
})

describe('a closing', () => {
  it.each([{ code: 'handledManually' }, { code: 'other', note: 'Removed by hand.' }])('may be %j', sent => {
    expect(E.isRight(Closing.decode(sent))).toBe(true)
  })

  it.each([{}, { code: 'legalClaims' }, { code: 'other', note: ' ' }, { code: 'duplicate', of: 'another' }])(
    'may not be %j',
    sent => {
      expect(E.isLeft(Closing.decode(sent))).toBe(true)
    },
  )
})

describe('a continuation of what is done to a batch', () => {
  it.each([{}, { after: null }, { after: '0199a0b0-0000-7000-8000-000000000001' }])('may be %j', sent => {
    expect(E.isRight(BatchContinuation.decode(sent))).toBe(true)
  })

  it.each([null, [], { after: 'x' }, { digest: 'a'.repeat(64) }])('may not be %j', sent => {
    expect(E.isLeft(BatchContinuation.decode(sent))).toBe(true)
  })

  it('says what is expected', () => {
    const result = BatchContinuation.decode({ digest: 'a' })
    const said = E.isLeft(result) ? describeErrors(result.left).join() : ''
    expect(said).toContain('an object with no other properties than after')
  })
})

describe('a denial', () => {
  it.each([
    { code: 'legalClaims' },
    { code: 'other', note: 'Asked by mistake.' },
    { code: 'other', note: 'a \u{1F600} in it' },
    { code: 'other', note: 'x'.repeat(longestNote) },
  ])('may be %j', sent => {
    expect(E.isRight(Denial.decode(sent))).toBe(true)
  })

  it.each([
    {},
    { code: 'because' },
    { code: 'other', note: '' },
    { code: 'other', note: ' \n' },
    { code: 'other', note: 'x'.repeat(longestNote + 1) },
    { code: 'other', note: 5 },
    { code: 'other', note: 'a\u0000b' },
    { code: 'other', note: 'a\uD800b' },
    { code: 'legalClaims', reason: 'a case' },
  ])('may not be %j', sent => {
    expect(E.isLeft(Denial.decode(sent))).toBe(true)
  })
})
