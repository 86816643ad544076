import type { TenantId } from '@lethe/domain'

/** Keeps calls away from an issuer that asked for it, and remembers why it could not be reached. */
export interface EndpointGate {
  /** @returns the whole seconds for which it is still shut, 1 or more; null where it is open. */
  readonly secondsLeft: () => number | null
  /** @param retryAfter the header as it came, in seconds or as an HTTP date (RFC 9110 section 10.2.3); or null. */
  readonly shut: (retryAfter: string | null) => void
  /** Told how the last exchange went: a code such as ECONNREFUSED where no answer came, null where one did. */
  readonly exchanged: (network: string | null) => void
  /** What it was told last. MSAL keeps the reason of a failure to itself. */
  readonly network: () => string | null
}

/** Where the issuer names no time: what MSAL waits for. */
const usualSeconds = 60
/** An issuer that asks for more is asked again all the same, as MSAL does. */
const mostSeconds = 3600

/** @param clock milliseconds since 1970-01-01T00:00:00Z. */
export const endpointGate = (clock: () => number): EndpointGate => {
  let shutUntil = 0
  let last: string | null = null
  return {
    secondsLeft: () => {
      const left = Math.ceil((shutUntil - clock()) / 1000)
      // A clock that was set back must not keep it shut for longer than any issuer may.
      return left > 0 && left <= mostSeconds ? left : null
    },
    shut: retryAfter => {
      const seconds = Math.min(secondsOf(retryAfter, clock()), mostSeconds)
      shutUntil = Math.max(shutUntil, clock() + seconds * 1000)
    },
    exchanged: network => {
      last = network
    },
    network: () => last,
  }
}

/** One gate for each tenant, made when it is first asked for. */
export const endpointGates = (clock: () => number): ((tenantId: TenantId) => EndpointGate) => {
  const gates = new Map<TenantId, EndpointGate>()
  return tenantId => {
    const gate = gates.get(tenantId) ?? endpointGate(clock)
    gates.set(tenantId, gate)
    return gate
  }
}

const secondsOf = (retryAfter: string | null, now: number): number => {
  if (retryAfter === null) return usualSeconds
  const seconds = /^\d{1,9}$/.test(retryAfter)
    ? Number(retryAfter)
    : Math.ceil((Date.parse(retryAfter) - now) / 1000)
  return seconds > 0 ? seconds : usualSeconds
}
