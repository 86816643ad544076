import type { DataPlane } from '@lethe/api'
import type { Throttled } from '@lethe/application'
import * as TE from 'fp-ts/lib/TaskEither.js'

/** A data plane that can be told to throttle, as Microsoft Graph does. */
export interface ThrottledDataPlane extends DataPlane {
  /** Throttles the next look-ups of one profile, as many as that. */
  readonly throttleNext: (times: number) => void
}

const throttled: Throttled = { _tag: 'Throttled', retryAfterSeconds: 1 }

export const throttling = (data: DataPlane): ThrottledDataPlane => {
  let left = 0
  return {
    ...data,
    inboundProfiles: {
      ...data.inboundProfiles,
      get: (tenantId, userId) => {
        if (left === 0) return data.inboundProfiles.get(tenantId, userId)
        left -= 1
        return TE.left(throttled)
      },
    },
    throttleNext: times => {
      left = times
    },
  }
}
