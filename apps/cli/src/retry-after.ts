/**
 * How long a server asks to wait (RFC 9110, section 10.2.3: seconds, or a date).
 *
 * @param value the header; null where there is none.
 * @param now milliseconds since 1970.
 * @returns milliseconds, 0 or more; null where it does not say.
 */
export const retryAfterOf = (value: string | null, now: number): number | null => {
  if (value === null) return null
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}
