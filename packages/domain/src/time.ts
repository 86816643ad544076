import * as t from 'io-ts'

export interface LocalDateBrand {
  readonly LocalDate: unique symbol
}
/** A date of the calendar without a time or a zone, as `YYYY-MM-DD`. Dates compare as strings. */
export type LocalDate = t.Branded<string, LocalDateBrand>

const dateShape = /^(\d{4})-(\d{2})-(\d{2})$/

const isLocalDate = (u: unknown): u is LocalDate => {
  if (typeof u !== 'string') return false
  const [, year, month, day] = dateShape.exec(u) ?? []
  return year !== undefined && isRealDay(Number(year), Number(month), Number(day))
}

const isRealDay = (year: number, month: number, day: number): boolean =>
  year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)

export const LocalDate: t.Type<LocalDate, string, unknown> = new t.Type(
  'LocalDate',
  isLocalDate,
  (u, context) => (isLocalDate(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
)

export interface InstantBrand {
  readonly Instant: unique symbol
}
/** A moment in UTC, as `YYYY-MM-DDTHH:mm:ss.sssZ`. There is one spelling, so instants compare as strings. */
export type Instant = t.Branded<string, InstantBrand>

const canonicalInstant = /^(\d{4})-(\d{2})-(\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/
const rfc3339 =
  /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

const isInstant = (u: unknown): u is Instant => {
  if (typeof u !== 'string') return false
  const [, year, month, day] = canonicalInstant.exec(u) ?? []
  return year !== undefined && isRealDay(Number(year), Number(month), Number(day))
}

/** Reads a date-time of RFC 3339 in any offset, to the millisecond; writes the one canonical spelling in UTC. */
export const Instant: t.Type<Instant, string, unknown> = new t.Type(
  'Instant',
  isInstant,
  (u, context) => {
    if (typeof u !== 'string' || !isLocalDate(rfc3339.exec(u)?.[1])) return t.failure(u, context)
    const canonical: string = new Date(u).toISOString()
    return isInstant(canonical) ? t.success(canonical) : t.failure(u, context)
  },
  t.identity,
)

/** The last instant that this module can name; arithmetic stops there instead of failing. */
const latest = 253_402_300_799_999
/** The first one: the start of year 1. */
const earliest = -62_135_596_800_000

/**
 * @param milliseconds since 1970-01-01T00:00:00Z; cut to the years 1 to 9999.
 */
export const instantFromMilliseconds = (milliseconds: number): Instant => {
  const within = Number.isNaN(milliseconds)
    ? 0
    : Math.min(Math.max(Math.trunc(milliseconds), earliest), latest)
  const canonical: string = new Date(within).toISOString()
  if (isInstant(canonical)) return canonical
  return instantFromMilliseconds(0)
}

/** @returns milliseconds since 1970-01-01T00:00:00Z. */
export const millisecondsOf = (instant: Instant): number => new Date(instant).getTime()

/** @param seconds how far to go, backwards when negative. */
export const addSeconds = (instant: Instant, seconds: number): Instant =>
  instantFromMilliseconds(millisecondsOf(instant) + seconds * 1000)

/** @returns the seconds from the first to the second instant. */
export const secondsBetween = (from: Instant, to: Instant): number =>
  (millisecondsOf(to) - millisecondsOf(from)) / 1000

/** The date of an instant in UTC: what its one spelling begins with. */
export const dateOf = (instant: Instant): LocalDate => {
  const text: string = instant.slice(0, 10)
  return isLocalDate(text) ? text : localDate(new Date(instant))
}

/** The last second of a date in UTC. */
export const endOfDay = (date: LocalDate): Instant => {
  const text = `${date}T23:59:59.000Z`
  return isInstant(text) ? text : instantFromMilliseconds(new Date(text).getTime())
}

/** @returns 0 for Sunday to 6 for Saturday. */
export const weekdayOf = (date: LocalDate): number => new Date(`${date}T00:00:00Z`).getUTCDay()

export const nextDay = (date: LocalDate): LocalDate =>
  localDate(new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000))

/**
 * The same day of a later month, or that month's last day where it has no such day.
 *
 * @param months how many months later; 0 or more.
 */
export const addMonths = (date: LocalDate, months: number): LocalDate => {
  const from = new Date(`${date}T00:00:00Z`)
  const monthIndex = from.getUTCMonth() + months
  const year = from.getUTCFullYear() + Math.floor(monthIndex / 12)
  const month = (monthIndex % 12) + 1
  const to = new Date(0)
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  to.setUTCFullYear(year, month - 1, Math.min(from.getUTCDate(), daysInMonth(year, month)))
  return localDate(to)
}

const daysInMonth = (year: number, month: number): number => {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const localDate = (date: Date): LocalDate => {
  const text: string = instantFromMilliseconds(date.getTime()).slice(0, 10)
  return isLocalDate(text) ? text : localDate(new Date(0))
}
