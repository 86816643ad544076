import {
  addMonths,
  addSeconds,
  dateOf,
  endOfDay,
  type Instant,
  type LocalDate,
  nextDay,
  weekdayOf,
} from './time.js'

/** Which days are not working days. */
export interface WorkingCalendar {
  /** Days of the week without work, 0 for Sunday to 6 for Saturday. */
  readonly weekend: ReadonlyArray<number>
  readonly publicHolidays: ReadonlyArray<LocalDate>
}

/** Saturday and Sunday, as Regulation 1182/71 has it, and no public holidays. */
export const saturdayAndSunday: WorkingCalendar = { weekend: [6, 0], publicHolidays: [] }

/**
 * The last day on which a request may be answered: one month after its receipt.
 *
 * GDPR art. 12(3) gives the month; Regulation 1182/71 counts it: the day of receipt is not counted, the month ends on
 * the same date of the next month, or on that month's last day where there is no such date, and a last day that is
 * not a working day moves to the next one that is.
 *
 * @param received the local date on which the data subject asked.
 */
export const lastDayToAnswer = (calendar: WorkingCalendar, received: LocalDate): LocalDate =>
  workingDayFrom(calendar, addMonths(received, 1))

/**
 * The moment at which the month of art. 12(3) is over: the last second of its last day, in UTC.
 *
 * @param received when the data subject asked.
 */
export const dueAt = (calendar: WorkingCalendar, received: Instant): Instant =>
  endOfDay(lastDayToAnswer(calendar, dateOf(received)))

/** A year in seconds, leap or not. */
const longestYear = 366 * 86_400

/** Whether a receipt is of over a year ago: at once overdue, and most likely a mistake. */
export const isLongAgo = (received: Instant, now: Instant): boolean =>
  received < addSeconds(now, -longestYear)

/**
 * When a request that nobody decided expires. Silence is no lawful answer, so that is never before it is due.
 *
 * @param afterDays days from the submission; null where requests do not expire.
 */
export const expiryOf = (submitted: Instant, due: Instant, afterDays: number | null): Instant | null => {
  if (afterDays === null) return null
  const wanted = addSeconds(submitted, afterDays * 86_400)
  return wanted > due ? wanted : due
}

const workingDayFrom = (calendar: WorkingCalendar, date: LocalDate): LocalDate => {
  if (isNeverOpen(calendar)) return date
  let day = date
  // The last day that can be named follows itself.
  while (isDayOff(calendar, day) && nextDay(day) !== day) day = nextDay(day)
  return day
}

const isNeverOpen = (calendar: WorkingCalendar): boolean =>
  [0, 1, 2, 3, 4, 5, 6].every(day => calendar.weekend.includes(day))

const isDayOff = (calendar: WorkingCalendar, date: LocalDate): boolean =>
  calendar.weekend.includes(weekdayOf(date)) || calendar.publicHolidays.includes(date)
