import type { InboundSharedUserProfile, ProfileCondition, TenantId, UserId } from '@lethe/domain'
import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Page, PageRequest } from './page.js'
import type { InvalidPageToken, Throttled, Unavailable } from './problems.js'

/** The inbound shared user profiles of resource tenants. Another tenant's profile is absent. */
export interface InboundProfiles {
  readonly get: (
    tenantId: TenantId,
    userId: UserId,
  ) => TaskEither<Unavailable | Throttled, Option<InboundSharedUserProfile>>
  /** In a stable order: nothing is shown twice or left out because of what comes and goes between two pages. */
  readonly list: (
    tenantId: TenantId,
    conditions: ReadonlyArray<ProfileCondition>,
    page: PageRequest,
  ) => TaskEither<Unavailable | Throttled | InvalidPageToken, Page<InboundSharedUserProfile>>
}
