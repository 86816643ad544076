import { DateTime, type RemovalRequestResource } from '@lethe/api-contract'
import { instantFromMilliseconds, RemovalRequestId, UserId } from '@lethe/domain'
import * as t from 'io-ts'
import { widestState } from './removal-request.js'
import type { Column, Resource } from './resource.js'

const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null])

const Change = t.strict(
  {
    /** When it was seen here: it happened at some time between this look and the one before. */
    seenDateTime: DateTime,
    /** `present`: how it stood when the watch began. `new`: not there before. `changed`: from one state to another. */
    change: t.keyof({ present: null, new: null, changed: null }),
    id: RemovalRequestId,
    userId: orNull(UserId),
    /** The state in which it was seen before; null where it was not. */
    from: orNull(t.string),
    to: t.string,
    dueDateTime: DateTime,
    outcome: orNull(t.string),
    failureReason: orNull(t.string),
    denialCode: orNull(t.string),
    abandonmentCode: orNull(t.string),
  },
  'Change',
)
/** What a watch has to tell of a removal request. */
export type Change = t.TypeOf<typeof Change>

/** @param now milliseconds since 1970; told to the second, for a watch looks no more often. */
export const changeOf = (
  { id, userId, state, dueDateTime, outcome, failure, denial, abandonment }: RemovalRequestResource,
  change: Change['change'],
  from: string | null,
  now: number,
): Change => ({
  seenDateTime: instantFromMilliseconds(Math.trunc(now / 1000) * 1000),
  change,
  id,
  userId,
  from,
  to: state,
  dueDateTime,
  outcome,
  failureReason: failure?.reason ?? null,
  denialCode: denial?.code ?? null,
  abandonmentCode: abandonment?.code ?? null,
})

const seen: Column<Change> = {
  name: 'seenDateTime',
  cell: ({ seenDateTime }) => DateTime.encode(seenDateTime),
}
const kind: Column<Change> = { name: 'change', cell: ({ change }) => change, widest: 'changed'.length }
const id: Column<Change> = { name: 'id', cell: change => change.id }
const from: Column<Change> = { name: 'from', cell: change => change.from, widest: widestState }
const to: Column<Change> = { name: 'to', cell: change => change.to, widest: widestState }
const due: Column<Change> = { name: 'dueDateTime', cell: ({ dueDateTime }) => DateTime.encode(dueDateTime) }

/** A line of a watch. In text one column says how it ended, whichever way that was. */
export const changeResource: Resource<Change> = {
  codec: Change,
  columns: [
    seen,
    kind,
    id,
    { name: 'userId', cell: ({ userId }) => userId },
    from,
    to,
    due,
    { name: 'outcome', cell: ({ outcome }) => outcome },
    { name: 'failureReason', cell: ({ failureReason }) => failureReason },
    { name: 'denialCode', cell: ({ denialCode }) => denialCode },
    { name: 'abandonmentCode', cell: ({ abandonmentCode }) => abandonmentCode },
  ],
  summary: [
    seen,
    kind,
    id,
    from,
    to,
    due,
    {
      name: 'result',
      cell: change => change.outcome ?? change.failureReason ?? change.denialCode ?? change.abandonmentCode,
    },
  ],
}
