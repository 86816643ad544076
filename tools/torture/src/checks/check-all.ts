import type { EnvelopeDigest } from '@lethe/domain'
import { checkAcknowledgements } from './acknowledgement-checks.js'
import { checkBatches } from './batch-checks.js'
import { checkEffects } from './effect-checks.js'
import { checkHistories } from './history-checks.js'
import { checkRest } from './rest-checks.js'
import type { Seen } from './seen.js'
import type { Violation } from './violation.js'

/** Everything that can be told from what was seen at a moment of rest. */
export const checkAll =
  (digest: EnvelopeDigest) =>
  (seen: Seen): ReadonlyArray<Violation> => [
    ...checkAcknowledgements(seen),
    ...checkHistories(digest)(seen),
    ...checkEffects(seen),
    ...checkRest(seen),
    ...checkBatches(seen),
  ]
