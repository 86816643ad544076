import { randomBytes, randomUUID } from 'node:crypto'
import { decoded, type FreshIds } from '@lethe/application/testing'
import { ActorReference, AppId, NoteReference, RemovalRequestId, Salt, TenantId, UserId } from '@lethe/domain'

export const freshIds: FreshIds = {
  identifiers: {
    requestId: () => decoded(RemovalRequestId, randomUUID()),
    actorReference: () => decoded(ActorReference, randomUUID()),
    noteReference: () => decoded(NoteReference, randomUUID()),
    salt: () => decoded(Salt, randomBytes(32).toString('hex')),
  },
  tenantId: () => decoded(TenantId, randomUUID()),
  userId: () => decoded(UserId, randomUUID()),
  appId: () => decoded(AppId, randomUUID()),
}
