import type { HolderAnswer, TenantId } from '@lethe/domain'
import type { Decode } from './classify.js'
import type { EndingKind } from './endings.js'
import type { CallKind } from './pace.js'
import type { TimeLimits } from './time-limits.js'
import type { RemovalInName } from './token-source.js'

/** What is done at Graph: each reads the table of endings in its own way. */
export type Operation = 'removal' | 'readBack' | 'lookup'

/** One call to Graph, however many requests it takes. */
export interface GraphCall<A> {
  readonly tenantId: TenantId
  readonly operation: Operation
  /** Whose removal this is; null for reads. */
  readonly removing: RemovalInName | null
  readonly url: string
  readonly decode: Decode<A>
}

/** How one request ended, for metrics and logs: no URL, nobody's id but the tenant's. */
export interface EndingReport {
  readonly tenantId: TenantId
  readonly operation: Operation
  readonly ending: EndingKind
  /** The HTTP status; null where there was no answer. */
  readonly status: number | null
  /** Why there was no answer: a code such as ECONNREFUSED, or PROXY_407 where a proxy failed; null where there was one. */
  readonly network: string | null
  /** What Graph said of itself: its error code, and its header `request-id`, which its support asks for. */
  readonly answer: HolderAnswer
  /** The header `client-request-id`, by which Graph's support finds the request; null where none was sent. */
  readonly clientRequestId: string | null
  /** 1 for the first request of a call. */
  readonly attempt: number
  readonly milliseconds: number
}

export const callKind = (operation: Operation): CallKind => (operation === 'removal' ? 'write' : 'read')

/** @returns how long all of it may take, in milliseconds. */
export const wholeLimit = (limits: TimeLimits, operation: Operation): number => {
  switch (operation) {
    case 'removal':
      return limits.removalMs
    case 'readBack':
      return limits.readBackMs
    case 'lookup':
      return limits.lookupMs
  }
}
