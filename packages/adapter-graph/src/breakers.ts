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

/** A change of a breaker. Moments are `Date.now()` of this process. */
export interface BreakerNews {
  readonly state: BreakerState
  readonly sinceMs: number
  /** Until when no other process need try: where it is open, until it is probed; where it is half open, until the probe has ended. */
  readonly untilMs: number
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
  /** Takes in what another process said of its breaker. */
  readonly hear: (tenantId: TenantId, news: BreakerNews) => void
  /** Of the tenants that were called so far, or heard of. */
  readonly statuses: () => ReadonlyArray<BreakerStatus>
}

interface TenantBreaker {
  readonly policy: CircuitBreakerPolicy
  probesAtMs: number
  since: string | null
  /** That of another process, which is not closed as far as was heard; null where none is. */
  elsewhere: Elsewhere | null
}

interface Elsewhere extends BreakerNews {
  /** Whether this process probes for it. */
  readonly probing: boolean
}

/** No call takes longer, in milliseconds. */
const longestProbeMs = 35_000

/**
 * A breaker for each tenant. It counts failures in a row: a Graph that is down answers nothing well, whereas one that fails
 * now and then, even often, is still worth calling; and a share of failures in a window says little where calls are few.
 * Time is `Date.now()`, as in cockatiel.
 *
 * What another process found holds here too: while its breaker is open nothing is called, then one call probes, of any process.
 *
 * @param onChange is told each change that this process saw itself.
 */
export const tenantBreakers = (
  limits: BreakerLimits,
  onChange: (tenantId: TenantId, news: BreakerNews) => void,
): Breakers => {
  const breakers = new Map<TenantId, TenantBreaker>()
  const make = (tenantId: TenantId): TenantBreaker => {
    const made = tenantBreaker(limits, news => onChange(tenantId, news))
    breakers.set(tenantId, made)
    return made
  }
  const of = (tenantId: TenantId): TenantBreaker => breakers.get(tenantId) ?? make(tenantId)

  /** Makes the one call that tells whether a Graph is back that another process found failing. */
  const probe = async <A>(
    tenantId: TenantId,
    breaker: TenantBreaker,
    { sinceMs, untilMs }: Elsewhere,
    call: () => Promise<A>,
    isFailing: (answer: A) => boolean,
  ): Promise<E.Either<number, A>> => {
    const now = (state: BreakerState, milliseconds: number): void => {
      const news = { state, sinceMs: Date.now(), untilMs: Date.now() + milliseconds }
      breaker.elsewhere = state === 'closed' ? null : { ...news, probing: state === 'halfOpen' }
      breaker.since = isoOf(news.sinceMs)
      onChange(tenantId, news)
    }
    const openMs = Math.min(limits.longestOpenMs, Math.max(limits.firstOpenMs, 2 * (untilMs - sinceMs)))
    now('halfOpen', longestProbeMs)
    let isBack = false
    try {
      const ended = await execute(breaker, call, isFailing)
      isBack = E.isRight(ended) && !isFailing(ended.right)
      return ended
    } finally {
      if (isBack) now('closed', 0)
      else now('open', openMs)
    }
  }

  return {
    closedFor: tenantId => waitOf(of(tenantId)),
    run: async (tenantId, call, isFailing) => {
      const breaker = of(tenantId)
      const wait = waitOf(breaker)
      if (wait !== null) return E.left(wait)
      return breaker.elsewhere === null || nameOf(breaker.policy.state) !== 'closed'
        ? execute(breaker, call, isFailing)
        : probe(tenantId, breaker, breaker.elsewhere, call, isFailing)
    },
    hear: (tenantId, news) => {
      const known = breakers.get(tenantId)
      const own = known === undefined ? 'closed' : nameOf(known.policy.state)
      // What this process is finding out is newer than what it hears.
      if (own === 'halfOpen' || known?.elsewhere?.probing === true) return
      if (news.state !== 'closed') of(tenantId).elsewhere = { ...news, probing: false }
      else if (known !== undefined && (own === 'open' || known.elsewhere !== null))
        make(tenantId).since = isoOf(news.sinceMs)
    },
    statuses: () => [...breakers].map(([tenantId, breaker]) => ({ tenantId, ...statusOf(breaker) })),
  }
}

/** Its own state, and that of another process where it has nothing against Graph itself. */
const statusOf = ({ policy, since, elsewhere }: TenantBreaker): Omit<BreakerStatus, 'tenantId'> => {
  const state = nameOf(policy.state)
  return state === 'closed' && elsewhere !== null
    ? { state: elsewhere.state, since: isoOf(elsewhere.sinceMs) }
    : { state, since }
}

const isoOf = (ms: number): string => new Date(ms).toISOString()

const tenantBreaker = (
  { failures, firstOpenMs, longestOpenMs }: BreakerLimits,
  onChange: (news: BreakerNews) => void,
): TenantBreaker => {
  const breaker: TenantBreaker = {
    probesAtMs: 0,
    since: null,
    elsewhere: null,
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
  breaker.policy.onStateChange(changed => {
    const [state, sinceMs] = [nameOf(changed), Date.now()]
    breaker.since = isoOf(sinceMs)
    // It has seen itself that Graph is back: what others found before that counts no more.
    if (state === 'closed') breaker.elsewhere = null
    if (state !== 'open')
      onChange({ state, sinceMs, untilMs: sinceMs + (state === 'halfOpen' ? longestProbeMs : 0) })
    else onChange({ state, sinceMs, untilMs: breaker.probesAtMs })
  })
  return breaker
}

/** While a probe is under way nobody waits for it: that could take as long as a call. */
const waitOf = ({ policy, probesAtMs, elsewhere }: TenantBreaker): number | null => {
  const state = nameOf(policy.state)
  if (state === 'closed')
    return elsewhere === null ? null : secondsFor(elsewhere.untilMs - Date.now(), elsewhere.probing)
  return secondsFor(state === 'open' ? probesAtMs - Date.now() : 0, state === 'halfOpen')
}

const secondsFor = (leftMs: number, isProbed: boolean): number | null => {
  if (isProbed) return 1
  return leftMs > 0 ? Math.max(1, Math.ceil(leftMs / 1000)) : null
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
