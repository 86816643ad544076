/**
 * What an ending means for a removal. `retryLater` says that nothing was done, `notYet` that nothing was tried; after `unknown`,
 * reading back tells.
 */
export type RemovalMeaning = 'cleared' | 'absent' | 'refused' | 'retryLater' | 'notYet' | 'signIn' | 'unknown'

/** What an ending means for a read-back. */
export type ReadBackMeaning = 'present' | 'absent' | 'refused' | 'retryLater' | 'notYet' | 'signIn'

/** What an ending means for a look-up: of one profile, or of a page of them. */
export type LookupMeaning = 'found' | 'none' | 'unavailable' | 'throttled'

/** One row of the table of endings. */
export interface EndingRow {
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
export const passing = {
  removal: 'retryLater',
  readBack: 'retryLater',
  lookup: 'unavailable',
  sent: true,
  asksAgain: true,
  failing: true,
} as const

/** Nothing was sent, and a later call may do it; a read tries again by itself. */
export const unsent = { ...passing, sent: false } as const

/** Nothing was tried: Lethe itself held the call back. */
export const heldBack = {
  ...unsent,
  removal: 'notYet',
  readBack: 'notYet',
  asksAgain: false,
  failing: false,
} as const

/** The call may have taken effect; a read tries again by itself. */
export const uncertain = { ...passing, removal: 'unknown' } as const

/** An answer that would be the same next time. */
export const final = {
  removal: 'refused',
  readBack: 'refused',
  lookup: 'unavailable',
  sent: true,
  asksAgain: false,
  failing: false,
} as const

/** Somebody has to sign in, or put the credential right. */
export const unauthenticated = { ...final, removal: 'signIn', readBack: 'signIn' } as const
