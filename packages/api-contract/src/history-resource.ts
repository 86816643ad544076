import { Envelope, Hash, PositiveInteger } from '@lethe/domain'
import * as t from 'io-ts'

/**
 * The history of a removal request: every event as it is stored and hashed, so that whoever reads it can check the
 * chain, and what Lethe itself found on checking it.
 */
export const HistoryResource = t.strict(
  {
    /** Whether every event is there, unchanged and in order. */
    intact: t.boolean,
    /** The position of the first event that does not fit, and why; null where the chain is intact. */
    broken: t.union([t.strict({ position: t.number, reason: t.string }), t.null]),
    head: t.strict({ sequence: PositiveInteger, hash: Hash }),
    value: t.readonlyArray(t.strict({ envelope: Envelope, hash: Hash })),
  },
  'History',
)
export type HistoryResource = t.TypeOf<typeof HistoryResource>
