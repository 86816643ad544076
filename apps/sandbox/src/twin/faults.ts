import { TenantId } from '@lethe/domain'
import * as t from 'io-ts'
import { exactProperties } from './exact-properties.js'
import type { Ending } from './endings.js'

const number = (expected: string, holds: (n: number) => boolean) =>
  t.refinement(t.number, n => Number.isFinite(n) && holds(n), expected)

const Share = number('a share, 0 to 1', n => n >= 0 && n <= 1)
const longestSeconds = 86_400
const Milliseconds = number('milliseconds, 0 or more', n => n >= 0 && n <= longestSeconds * 1000)
const Seconds = number('seconds, 0 or more', n => n >= 0 && n <= longestSeconds)
const PerSecond = number('writes per second, more than 0', n => n > 0)
const Burst = number('a whole number of writes, 1 or more', n => Number.isInteger(n) && n >= 1)
const Seed = number('a whole number', Number.isInteger)

const shares: Readonly<Record<Ending, typeof Share>> = {
  status400: Share,
  status401: Share,
  claimsChallenge: Share,
  status403: Share,
  status404Wrong: Share,
  status405: Share,
  status409: Share,
  status429: Share,
  status429RetryAfter: Share,
  status500: Share,
  status502: Share,
  status503: Share,
  status503RetryAfter: Share,
  status504: Share,
  resetBefore: Share,
  resetAfter: Share,
  hangBefore: Share,
  hangAfter: Share,
  truncated: Share,
  nonJson: Share,
}

const AnyEndings = exactProperties('shares of endings', shares)
const Endings = t.refinement(
  AnyEndings,
  given => Object.values(given).reduce((sum, share) => sum + (share ?? 0), 0) <= 1 + Number.EPSILON * 32,
  `shares that add up to 1 at most, ${AnyEndings.name}`,
)

const MinAndMax = t.strict({ min: Milliseconds, max: Milliseconds })
const Latency = t.refinement(
  MinAndMax,
  ({ min, max }) => min <= max,
  '{"min":…,"max":…} in milliseconds, min first',
)

const Rate = t.exact(
  t.intersection([
    t.type({ writesPerSecond: PerSecond }),
    t.partial({ burst: Burst, retryAfter: t.boolean }),
  ]),
  'Rate',
)

/**
 * How a twin misbehaves towards one tenant; what is left out, it does not do.
 *
 * `rate`: how many writes (a $batch counts as one) pass, each second and at once (default: those of a second); what is more is a 429, with
 * Retry-After in whole seconds unless `retryAfter` is false. `endings`: the share of calls that end so. `hangMs`: for how
 * long a call hangs (default 60,000). `latencyMs`: what every call takes longer. `staysForSeconds`: for how long what was
 * removed still shows.
 */
export const Faults = exactProperties('faults', {
  rate: Rate,
  endings: Endings,
  hangMs: Milliseconds,
  latencyMs: Latency,
  staysForSeconds: Seconds,
})
export type Faults = t.TypeOf<typeof Faults>
export type Rate = t.TypeOf<typeof Rate>

/** Unlike a union, it does not blame what was given for not being null. */
const orNull = <A>(codec: t.Type<A, unknown, unknown>): t.Type<A | null, unknown, unknown> =>
  new t.Type<A | null, unknown, unknown>(
    codec.name,
    (u): u is A | null => u === null || codec.is(u),
    (u, context) => (u === null ? t.success(null) : codec.validate(u, context)),
    t.identity,
  )

/** The body of `PUT /sandbox/faults`; null brings back the usual faults. */
export const PutFaults = t.exact(
  t.intersection([t.type({ tenantId: TenantId, faults: orNull(Faults) }), t.partial({ seed: Seed })]),
  'PutFaults',
)

/** A little that goes wrong, always: 1 % of calls fail in passing, and 1 % of answers are lost. */
export const usualFaults: Faults = { endings: { status503: 0.005, resetBefore: 0.005, resetAfter: 0.01 } }
