import type { Throttled, Unavailable } from '@lethe/application'
import { type BareEnding, endings } from './endings.js'

/** What a caller is told to wait where nobody said for how long, in seconds. */
const defaultWaitSeconds = 5

/** What the table of endings says of a look-up that found nothing out. */
export const lookupProblem = ({ kind, retryAfterSeconds }: BareEnding): Unavailable | Throttled => {
  const wait = Math.ceil(retryAfterSeconds ?? defaultWaitSeconds)
  return endings[kind].lookup === 'throttled'
    ? { _tag: 'Throttled', retryAfterSeconds: wait }
    : { _tag: 'Unavailable', retryAfterSeconds: wait }
}
