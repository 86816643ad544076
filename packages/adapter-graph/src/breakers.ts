import type { TenantId } from '@lethe/domain'
import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleWhenResult,
  isBrokenCircuitError,
} from 'cockatiel'
import * as E from 'fp-ts/lib/Either.js'

/** Whether a tenant's Graph is called: always, not at all, or once to see whether it is back. */
export type BreakerState = 'closed' | 'open' | 'halfOpen'

/** The breaker of a tenant, as it is now. */
export interface BreakerStatus {
  readonly tenantId: TenantId
  readonly state: BreakerState
  /** ISO 8601, UTC; null where it never broke. */
  readonly since: string | null
}

/** When a breaker breaks, and for how long. */
export interface BreakerLimits {
  /** After so many calls in a row that found Graph failing. */
  readonly failures: number
  /** How long it stays open before it probes, in milliseconds; twice as long after each probe that fails. */
  readonly firstOpenMs: number
  readonly longestOpenMs: number
}

export const defaultBreakerLimits: BreakerLimits = { failures: 10, firstOpenMs: 5000, longestOpenMs: 60_000 }

/** The circuit breakers of all tenants. */
export interface Breakers {
  /** @returns seconds until it probes, where it lets no call pass now; null where it does. */
  readonly closedFor: (tenantId: TenantId) => number | null
  /** Makes a call, unless the breaker is open: then the seconds until it probes. */
  readonly run: <A>(
    tenantId: TenantId,
    call: () => Promise<A>,
    isFailing: (answer: A) => boolean,
  ) => Promise<E.Either<number, A>>
  /** Of the tenants that were called so far. */
  readonly statuses: () => ReadonlyArray<BreakerStatus>
}

interface TenantBreaker {
  readonly policy: CircuitBreakerPolicy
  probesAtMs: number
  since: string | null
}

/**
 * A breaker for each tenant. It counts failures in a row: a Graph that is down answers nothing well, whereas one that fails
 * now and then, even often, is still worth calling; and a share of failures in a window says little where calls are few.
 * Time is `Date.now()`, as in cockatiel.
 *
 * @param onChange is told each change.
 */
export const tenantBreakers = (
  limits: BreakerLimits,
  onChange: (tenantId: TenantId, state: BreakerState) => void,
): Breakers => {
  const breakers = new Map<TenantId, TenantBreaker>()
  const of = (tenantId: TenantId): TenantBreaker => {
    const known = breakers.get(tenantId)
    if (known !== undefined) return known
    const made = tenantBreaker(limits, state => onChange(tenantId, state))
    breakers.set(tenantId, made)
    return made
  }

  return {
    closedFor: tenantId => waitOf(of(tenantId)),
    run: async (tenantId, call, isFailing) => {
      const breaker = of(tenantId)
      const wait = waitOf(breaker)
      return wait === null ? execute(breaker, call, isFailing) : E.left(wait)
    },
    statuses: () =>
      [...breakers].map(([tenantId, { policy, since }]) => ({
        tenantId,
        state: nameOf(policy.state),
        since,
      })),
  }
}

const tenantBreaker = (
  { failures, firstOpenMs, longestOpenMs }: BreakerLimits,
  onChange: (state: BreakerState) => void,
): TenantBreaker => {
  const breaker: TenantBreaker = {
    probesAtMs: 0,
    since: null,
    policy: circuitBreaker(
      handleWhenResult(result => result === true),
      {
        breaker: new ConsecutiveBreaker(failures),
        halfOpenAfter: new DelegateBackoff(({ attempt }) => {
          const openMs = Math.min(longestOpenMs, firstOpenMs * 2 ** (attempt - 1))
          breaker.probesAtMs = Date.now() + openMs
          return openMs
        }),
      },
    ),
  }
  breaker.policy.onStateChange(state => {
    breaker.since = new Date(Date.now()).toISOString()
    onChange(nameOf(state))
  })
  return breaker
}

/** While a probe is under way nobody waits for it: that could take as long as a call. */
const waitOf = ({ policy, probesAtMs }: TenantBreaker): number | null => {
  const state = nameOf(policy.state)
  const leftMs = state === 'open' ? probesAtMs - Date.now() : 0
  return state === 'halfOpen' || leftMs > 0 ? Math.max(1, Math.ceil(leftMs / 1000)) : null
}

const execute = async <A>(
  { policy }: TenantBreaker,
  call: () => Promise<A>,
  isFailing: (answer: A) => boolean,
): Promise<E.Either<number, A>> => {
  const answers: Array<A> = []
  try {
    await policy.execute(async () => {
      const answer = await call()
      answers.push(answer)
      return isFailing(answer)
    })
  } catch (error) {
    if (!isBrokenCircuitError(error)) throw error
  }
  const [answer] = answers
  return answer === undefined ? E.left(1) : E.right(answer)
}

const nameOf = (state: CircuitState): BreakerState => {
  switch (state) {
    case CircuitState.Closed:
      return 'closed'
    case CircuitState.HalfOpen:
      return 'halfOpen'
    case CircuitState.Open:
    case CircuitState.Isolated:
      return 'open'
  }
}
