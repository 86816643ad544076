import type { Actor, ActorRecord } from '@lethe/application'
import { ActorReference, AppId, UserId } from '@lethe/domain'
import * as t from 'io-ts'
import { decodedRow } from './event-rows.js'

/** An actor as columns: who it is, of what kind, and the application that a person came through. */
export const actorColumns = (actor: Actor) => {
  switch (actor.kind) {
    case 'person':
      return { i: actor.userId, k: actor.kind, app: actor.appId }
    case 'application':
      return { i: actor.appId, k: actor.kind, app: null }
  }
}

const ActorRow = t.union([
  t.strict({
    reference: ActorReference,
    kind: t.literal('person'),
    identity: UserId,
    through_app_id: t.union([AppId, t.null]),
  }),
  t.strict({
    reference: ActorReference,
    kind: t.literal('application'),
    identity: AppId,
    through_app_id: t.null,
  }),
])

/** Reads the columns of `removal_actor`. */
export const actorIn = (row: unknown): ActorRecord => {
  const columns = decodedRow(ActorRow, row)
  return {
    reference: columns.reference,
    actor:
      columns.kind === 'person'
        ? { kind: 'person', userId: columns.identity, appId: columns.through_app_id }
        : { kind: 'application', appId: columns.identity },
  }
}
