import type { InboundSharedUserProfile } from '@lethe/domain'
import { decodeProfile, selectedProfile } from '@lethe/graph-contract'
import type { Column, Resource } from './resource.js'

const columns: ReadonlyArray<Column<InboundSharedUserProfile>> = [
  { name: 'userId', cell: profile => profile.userId },
  { name: 'displayName', cell: profile => profile.displayName },
  { name: 'userPrincipalName', cell: profile => profile.userPrincipalName },
  { name: 'homeTenantId', cell: profile => profile.homeTenantId },
]

/** An inbound shared user profile. */
export const profileResource: Resource<InboundSharedUserProfile> = {
  codec: { decode: decodeProfile, encode: selectedProfile([]) },
  columns,
  summary: columns,
}
