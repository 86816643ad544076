import type { BlockedBy, HolderAnswer } from '@lethe/domain'

/**
 * What an ending means for a removal. `retryLater` says that nothing was done, `notYet` that nothing was tried; after `unknown`,
 * reading back tells. `settle`: reading back tells now, within the same call.
 */
export type RemovalMeaning =
  | 'cleared'
  | 'absent'
  | 'settle'
  | 'refused'
  | 'retryLater'
  | 'notYet'
  | 'signIn'
  | 'unknown'

/** What an ending means for a read-back; `settle`: the collection tells, within the same call. */
export type ReadBackMeaning = 'present' | 'absent' | 'settle' | 'refused' | 'retryLater' | 'notYet' | 'signIn'

/** What an ending means for a look-up: of one profile, or of a page of them. */
export type LookupMeaning = 'found' | 'none' | 'settle' | 'unavailable' | 'throttled'

/** One row of the table of endings. */
interface EndingRow {
  /** How it is recognised. */
  readonly when: string
  readonly removal: RemovalMeaning
  readonly readBack: ReadBackMeaning
  readonly lookup: LookupMeaning
  /** Whether any of the call may have left this machine. */
  readonly sent: boolean
  /** Whether a read asks again by itself, as long as its time allows. */
  readonly asksAgain: boolean
  /** Whether the circuit breaker counts it as Graph failing. */
  readonly failing: boolean
  readonly because: string
}

/** Nothing was done, and a later call may do it; a read tries again by itself. */
const passing = {
  removal: 'retryLater',
  readBack: 'retryLater',
  lookup: 'unavailable',
  sent: true,
  asksAgain: true,
  failing: true,
} as const

/** Nothing was sent, and a later call may do it; a read tries again by itself. */
const unsent = { ...passing, sent: false } as const

/** Nothing was tried: Lethe itself held the call back. */
const heldBack = {
  ...unsent,
  removal: 'notYet',
  readBack: 'notYet',
  asksAgain: false,
  failing: false,
} as const

/** The call may have taken effect; a read tries again by itself. */
const uncertain = { ...passing, removal: 'unknown' } as const

/** An answer that would be the same next time. */
const final = {
  removal: 'refused',
  readBack: 'refused',
  lookup: 'unavailable',
  sent: true,
  asksAgain: false,
  failing: false,
} as const

/** Somebody has to sign in, or put the credential right. */
const unauthenticated = { ...final, removal: 'signIn', readBack: 'signIn' } as const

/**
 * Every way in which a call to Graph can end, and what follows from it for each operation.
 * `docs/graph-endings.md` shows the same rows; a test compares them.
 */
export const endings = {
  // With an answer of Graph.
  found: {
    ...uncertain,
    when: '200 to a read, with a body that can be read',
    readBack: 'present',
    lookup: 'found',
    asksAgain: false,
    failing: false,
    because: 'A removal reads nothing: its 200 is one of the next two rows.',
  },
  noContent: {
    ...passing,
    when: '204',
    removal: 'cleared',
    failing: false,
    because: 'The documented success of a removal. A read must bring something.',
  },
  accepted: {
    ...passing,
    when: '202; or 200 to a removal, with an empty body or JSON',
    removal: 'cleared',
    failing: false,
    because: 'Taken, and read back like any other. A read must bring something.',
  },
  oddAnswer: {
    ...uncertain,
    when: '200 to a read, with JSON that is not what was expected, or is about another person',
    asksAgain: false,
    failing: false,
    because: 'Graph answers, so that others are not kept waiting. Nothing is concluded from this answer.',
  },
  badRequest: {
    ...final,
    when: '400',
    because: 'The same call would be wrong again. With a page token of the caller, the token is invalid.',
  },
  unauthorized: {
    ...unauthenticated,
    when: '401, again after a new token',
    because: 'A token is asked for anew once. If that is not enough, a person has to act.',
  },
  claimsChallenge: {
    ...unauthenticated,
    when: '401 with a claims challenge, again after a token with those claims',
    because: 'A token is asked for once with the claims. If that is not enough, a person has to act.',
  },
  forbidden: {
    ...final,
    when: '403',
    readBack: 'retryLater',
    because:
      'A permission, a role or consent is missing. Who may read anybody may read everybody: reads wait for it.',
  },
  notFound: {
    ...final,
    when: '404, whatever its code',
    removal: 'settle',
    readBack: 'settle',
    lookup: 'settle',
    because:
      'A wrong address is a 404 too, and codes have changed: the collection tells. To a list it means unavailable.',
  },
  absent: {
    ...final,
    when: '404 to the profile, and in the same look 200 to the collection, without the profile',
    removal: 'absent',
    readBack: 'absent',
    lookup: 'none',
    because: 'The address is right, and there is no such profile.',
  },
  wrongAddress: {
    ...final,
    when: '404 to the profile, and in the same look 404 to the collection',
    because: 'Nothing is there at all. It must never pass for proof that a profile is gone.',
  },
  methodNotAllowed: {
    ...final,
    when: '405',
    because: 'This Graph does not offer the operation.',
  },
  conflict: {
    ...passing,
    when: '409',
    failing: false,
    because: 'Something else is being done with the profile; the call was turned down.',
  },
  locked: {
    ...passing,
    when: '423 or 425',
    failing: false,
    because:
      'Held by something else, or too early (RFC 4918, 11.3; RFC 8470, 5.2); the call was turned down.',
  },
  otherClientError: {
    ...final,
    when: 'any other 4xx but 408 and 429',
    because: 'Graph turned the call down, and would again.',
  },
  throttledFor: {
    ...passing,
    when: '429 with Retry-After',
    lookup: 'throttled',
    failing: false,
    because: 'Turned down before it was done. A read waits if that fits into its time.',
  },
  throttled: {
    ...passing,
    when: '429 without Retry-After',
    lookup: 'throttled',
    failing: false,
    because: 'As above; the wait is left to back-off and to the learned pace.',
  },
  unavailableFor: {
    ...passing,
    when: '503 with Retry-After',
    because: 'Turned down before it was done, with the time to come back.',
  },
  unavailable: {
    ...passing,
    when: '503 without Retry-After',
    because: 'Turned down before it was done (RFC 9110, 15.6.4).',
  },
  gatewayError: {
    ...uncertain,
    when: '502 or 504',
    because: 'A gateway lost the answer; what lies behind it may have done the work.',
  },
  serverError: {
    ...uncertain,
    when: '500 or any other 5xx',
    because: 'It may have failed after the effect.',
  },
  otherStatus: {
    ...uncertain,
    when: 'any other status: 1xx, 2xx but 202, 3xx, 408',
    because:
      'Not documented, so no definite answer. Redirects are not followed: a token must not go elsewhere.',
  },
  truncated: {
    ...uncertain,
    when: '200 with a body that ends too early',
    because: 'The part that would tell is missing.',
  },
  unreadable: {
    ...uncertain,
    when: 'no HTTP, a body over 1 MiB, or a 200 with a body that is no JSON',
    because: 'Not from Graph: a page of a proxy answers 200 as well.',
  },

  // Without one.
  notConnected: {
    ...unsent,
    when: 'no connection: refused, no such host, no route, no trust, or a proxy that fails',
    because: 'Nothing was sent.',
  },
  connectTimedOut: {
    ...unsent,
    when: 'no connection in time',
    because: 'Nothing was sent.',
  },
  resetBeforeSending: {
    ...unsent,
    when: 'the connection broke before the request was written',
    because: 'Nothing was sent.',
  },
  resetAfterSending: {
    ...uncertain,
    when: 'the connection broke after the request may have been written',
    because: 'What Graph received cannot be known.',
  },
  timedOutBeforeSending: {
    ...unsent,
    when: 'the time of the call ran out while it waited for its turn, a token or a connection',
    because: 'Nothing was sent.',
  },
  timedOutAfterSending: {
    ...uncertain,
    when: 'no headers, or no end, in time',
    because: 'Graph may still be at it.',
  },
  signInRequired: {
    ...unauthenticated,
    sent: false,
    when: 'no token: somebody has to sign in',
    because: 'Nothing was sent; only a person can change it.',
  },
  tokenUnavailable: {
    ...unsent,
    when: 'no token: its issuer cannot be asked',
    asksAgain: false,
    failing: false,
    because: 'Nothing was sent. It says nothing about Graph.',
  },
  busy: {
    ...heldBack,
    when: 'the next turn at the pace of the tenant lies too far ahead',
    lookup: 'throttled',
    asksAgain: true,
    because: 'Nothing was sent: Graph would have answered 429.',
  },
  circuitOpen: {
    ...heldBack,
    when: 'the circuit breaker of the tenant is open',
    because: 'Nothing was sent. The wait ends when the breaker probes Graph again.',
  },
  credentialBlocked: {
    ...heldBack,
    when: "Lethe's own credential is not taken: no token, or 401 with a new one",
    because:
      'It is the same for everybody. A call probes it each minute; requests wait and go on by themselves.',
  },
  permissionBlocked: {
    ...heldBack,
    when: "403 to the removals of three people in a row, in Lethe's own name",
    because: 'It is the same for everybody. A removal probes it each minute, of another person each time.',
  },
  shutDownBeforeSending: {
    ...heldBack,
    when: 'Lethe shut down before the request was written',
    because: 'Nothing was sent.',
  },
  shutDownAfterSending: {
    ...uncertain,
    when: 'Lethe shut down while it waited for the answer',
    asksAgain: false,
    failing: false,
    because: 'Graph may still do it.',
  },
} satisfies Record<string, EndingRow>

/** One way in which a call can end. */
export type EndingKind = keyof typeof endings

/** An ending that brought nothing but itself. */
export interface BareEnding {
  readonly kind: Exclude<EndingKind, 'found'>
  /** Seconds for which Graph, or whoever stood in the way of the call, asked to wait; null where nobody did. */
  readonly retryAfterSeconds: number | null
  /** What Graph said of itself. */
  readonly answer: HolderAnswer
}

/** How a call ended; `found` brings what was read. */
export type Ending<A> = { readonly kind: 'found'; readonly value: A } | BareEnding

export const bareEnding = (
  kind: BareEnding['kind'],
  retryAfterSeconds: number | null = null,
  answer: HolderAnswer = {},
): BareEnding => ({ kind, retryAfterSeconds, answer })

/** By what an ending says that everybody of the tenant is held back; null where it says no such thing. */
export const blockedIn = (kind: EndingKind): BlockedBy | null =>
  kind === 'credentialBlocked' ? 'credential' : kind === 'permissionBlocked' ? 'permission' : null
