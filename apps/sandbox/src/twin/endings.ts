/** The ways in which a call may end instead of well; the order is that in which their shares are laid end to end. */
export const endings = [
  'status400',
  'status401',
  /** 401 with a claims challenge: once for a token, and never for one that has authentication contexts (`acrs`). */
  'claimsChallenge',
  'status403',
  /** A 404 of a wrong address, not of a missing profile. */
  'status404Wrong',
  'status405',
  'status409',
  'status429',
  'status429RetryAfter',
  'status500',
  'status502',
  'status503',
  'status503RetryAfter',
  /** After the effect: a gateway lost the answer. */
  'status504',
  /** The connection is reset, nothing was done. */
  'resetBefore',
  /** The connection is reset after the effect: the answer is lost. */
  'resetAfter',
  /** No answer for a while, then a reset; nothing was done. */
  'hangBefore',
  /** The same after the effect. */
  'hangAfter',
  /** After the effect, a body that ends too early. */
  'truncated',
  /** 200 with HTML, from something in between; nothing was done. */
  'nonJson',
] as const
export type Ending = (typeof endings)[number]

/**
 * Chooses how a call ends.
 *
 * @param draw from 0 to less than 1.
 * @returns null where it ends well.
 */
export const endingOf = (
  shares: Readonly<Partial<Record<Ending, number | undefined>>>,
  draw: number,
): Ending | null => {
  let upTo = 0
  for (const ending of endings) {
    upTo += shares[ending] ?? 0
    if (draw < upTo) return ending
  }
  return null
}
