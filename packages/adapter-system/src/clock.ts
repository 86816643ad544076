import type { Clock } from '@lethe/application'
import { instantFromMilliseconds } from '@lethe/domain'

/** The clock of the machine, to the millisecond. */
export const systemClock: Clock = { now: () => instantFromMilliseconds(Date.now()) }
