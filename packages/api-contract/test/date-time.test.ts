import { Instant } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { DateTime } from '../src/index.js'
import { decoded } from './decoded.js'

describe('DateTime', () => {
  it.each([
    ['2026-11-23T09:00:00Z', '2026-11-23T09:00:00Z'],
    ['2026-11-23T09:00:00.000Z', '2026-11-23T09:00:00Z'],
    ['2026-11-23T09:00:00.120Z', '2026-11-23T09:00:00.120Z'],
    ['2026-11-23T10:30:00+01:30', '2026-11-23T09:00:00Z'],
  ])('reads %s and writes %s', (sent, written) => {
    expect(DateTime.encode(decoded(DateTime, sent))).toBe(written)
  })

  it('gives the instant of the domain', () => {
    expect(decoded(DateTime, '2026-11-23T09:00:00Z')).toBe(decoded(Instant, '2026-11-23T09:00:00.000Z'))
  })

  it.each(['2026-11-23', '2026-02-30T00:00:00Z', '2026-11-23T09:00:00', '2026-11-23T25:00:00Z', '', 5, null])(
    'refuses %s',
    value => {
      expect(E.isLeft(DateTime.decode(value))).toBe(true)
    },
  )
})
