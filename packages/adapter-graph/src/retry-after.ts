/** The longest wait that is believed, in seconds: asking once a day does no harm. */
const longest = 86_400

/**
 * Reads `Retry-After` (RFC 9110, 10.2.3): seconds, or an HTTP date.
 *
 * @param nowMs milliseconds since 1970-01-01T00:00:00Z.
 * @returns whole seconds from 1 to 86,400; null where there is none, or it is neither.
 */
export const readRetryAfter = (value: string | undefined, nowMs: number): number | null => {
  const text = value?.trim() ?? ''
  if (/^\d+$/.test(text)) return bounded(Number(text))
  // Date.parse takes almost anything for a date; HTTP dates begin with the day of the week.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d/.test(text)) return null
  // The oldest of the three forms names no zone, and means GMT.
  const at = Date.parse(/GMT$/i.test(text) ? text : `${text} GMT`)
  return Number.isNaN(at) ? null : bounded(Math.ceil((at - nowMs) / 1000))
}

const bounded = (seconds: number): number => Math.min(longest, Math.max(1, seconds))
