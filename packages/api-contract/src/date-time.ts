import { Instant } from '@lethe/domain'
import * as t from 'io-ts'

/** A date-time of the wire: ISO 8601 in UTC, written without a fraction where there is none. */
export const DateTime: t.Type<Instant, string, unknown> = new t.Type(
  'a date-time such as 2026-11-23T09:00:00Z',
  Instant.is,
  (u, context) => Instant.validate(u, context),
  instant => instant.replace('.000Z', 'Z'),
)
