import { AbandonmentCode, BatchId, DenialCode, Hash, RemovalRequestId, UserId } from '@lethe/domain'
import * as t from 'io-ts'
import { DateTime } from './date-time.js'
import { exactObject } from './exact-object.js'

/** The longest note, in UTF-16 code units. */
export const longestNote = 2000

/** A database stores neither U+0000 nor half of a surrogate pair. */
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000')

const Note = t.refinement(
  t.string,
  note => note.trim() !== '' && note.length <= longestNote && isStorable(note),
  `a text of 1 to ${longestNote} characters, without U+0000`,
)

/** The body of `POST /lethe/v1/removalRequests`. */
export const NewRemovalRequest = exactObject(
  { userId: UserId },
  { receivedDateTime: DateTime, receivedConfirmed: t.boolean, batchId: BatchId },
)
export type NewRemovalRequest = t.TypeOf<typeof NewRemovalRequest>

/** The body of `POST /lethe/v1/removalRequests/{id}/deny`. */
export const Denial = exactObject({ code: DenialCode }, { note: Note })
export type Denial = t.TypeOf<typeof Denial>

/** The body of `POST /lethe/v1/removalRequests/{id}/close`. */
export const Closing = exactObject({ code: AbandonmentCode }, { note: Note })
export type Closing = t.TypeOf<typeof Closing>

/** Which batch is meant: the one that was previewed, from the request on where the answer before stopped. */
const meaning = { digest: Hash }
const goingOn = { after: t.union([RemovalRequestId, t.null]) }

/** The body of `POST /lethe/v1/batches/{id}/approve`. */
export const BatchApproval = exactObject(meaning, goingOn)
export type BatchApproval = t.TypeOf<typeof BatchApproval>

/** The body of `POST /lethe/v1/batches/{id}/retry` and `…/withdraw`: none to begin. */
export const BatchContinuation = exactObject({}, goingOn)
export type BatchContinuation = t.TypeOf<typeof BatchContinuation>

/** The body of `POST /lethe/v1/batches/{id}/deny`. */
export const BatchDenial = exactObject({ ...meaning, code: DenialCode }, { ...goingOn, note: Note })
export type BatchDenial = t.TypeOf<typeof BatchDenial>
