import type * as E from 'fp-ts/lib/Either.js'
import type { RemovalRequestId, TenantId } from './identifiers.js'
import type { Happening, RemovalEvent } from './removal-event.js'
import type { RemovalRequest } from './removal-request.js'

export type Events = ReadonlyArray<RemovalEvent>
/** What a repeat brings. */
export const nothing: Events = []

/** A decision about a request that exists: the events to record, none for a repeat, or a refusal. */
export type Decision<Refusal> = (request: RemovalRequest) => E.Either<Refusal, Events>

/** Gives what happened its place in the history of a request, after the event of that version. */
export const placed = (
  request: { readonly tenantId: TenantId; readonly id: RemovalRequestId },
  version: number,
  happenings: ReadonlyArray<Happening>,
): Events =>
  happenings.map((happening, index) => ({
    ...happening,
    tenantId: request.tenantId,
    requestId: request.id,
    sequence: version + 1 + index,
  }))

/** Gives what happened its place after everything that a request knows of. */
export const record = (request: RemovalRequest, happenings: ReadonlyArray<Happening>): Events =>
  placed(request, request.version, happenings)
