import type { AbsenceRule, RetrySchedule } from '@lethe/domain'

const sevenDays = 7 * 86_400

/** When Graph is asked again to remove. How long the operator waits for it is another matter. */
export const attempts: RetrySchedule = {
  firstDelaySeconds: 1,
  factor: 2,
  longestDelaySeconds: 15,
  giveUpAfterSeconds: sevenDays,
}

/** When a profile that is still there is read again. */
export const readBacks: RetrySchedule = {
  firstDelaySeconds: 1,
  factor: 1.5,
  longestDelaySeconds: 15,
  giveUpAfterSeconds: sevenDays,
}

/** When a profile counts as gone: an operator is waiting for it. */
export const absence: AbsenceRule = { looks: 3, seconds: 10 }
