import { randomUUID } from 'node:crypto'
import { randomIdentifiers } from '@lethe/adapter-system'
import { decoded, type FreshIds } from '@lethe/application/testing'
import { AppId, TenantId, UserId } from '@lethe/domain'

/** Ids that nothing has seen before. They may be left to chance, where what they stand for is broken on purpose. */
export const freshIds: FreshIds = {
  identifiers: randomIdentifiers,
  tenantId: () => decoded(TenantId, randomUUID()),
  userId: () => decoded(UserId, randomUUID()),
  appId: () => decoded(AppId, randomUUID()),
}
