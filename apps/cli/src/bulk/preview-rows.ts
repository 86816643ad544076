import { ownRequests, RemovalRequestCollection } from '@lethe/api-contract'
import { type TenantId, UserId } from '@lethe/domain'
import { type BatchItemResponse, ProfileResource, profilePath } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import type { ClientRefusal } from '../refusal.js'
import { type AskingMany, askMany } from './ask-many.js'
import type { Outcome, RowResult } from './outcome.js'
import type { Row } from './read-rows.js'
import { resolveRows } from './resolve-rows.js'

const openStates = 'pendingApproval,approved,removing,verifying,failed'

/** Finds out what a submission of these rows would come to, and submits nothing. */
export const previewRows =
  (deps: AskingMany & { readonly tenantId: TenantId | null }) =>
  async (rows: ReadonlyArray<Row>): Promise<E.Either<ClientRefusal, ReadonlyArray<RowResult>>> => {
    const resolved = await resolveRows(deps)(rows)
    if (E.isLeft(resolved)) return resolved
    const { named, settled } = resolved.right
    const profiles = await askMany(
      deps,
      'graph',
    )(named.map(({ userId }) => ({ method: 'GET', url: profilePath(userId) })))
    if (E.isLeft(profiles)) return profiles
    const open = await askMany(
      deps,
      'lethe',
    )(
      named.map(({ userId }) => ({
        method: 'GET',
        url: `${ownRequests}?userId=${UserId.encode(userId)}&state=${openStates}&$top=1`,
      })),
    )
    if (E.isLeft(open)) return open
    return E.right([
      ...settled,
      ...named.map(({ row }, index) =>
        resultOf(deps.tenantId, row, profiles.right[index], open.right[index]),
      ),
    ])
  }

const resultOf = (
  tenantId: TenantId | null,
  row: Row,
  profile: BatchItemResponse | undefined,
  open: BatchItemResponse | undefined,
): RowResult => {
  const page = RemovalRequestCollection.decode(open?.body)
  const request = E.isRight(page) ? page.right.value[0] : undefined
  if (request !== undefined) return { ...row, outcome: 'alreadyOpen', requestId: request.id }
  return { ...row, outcome: outcomeOf(tenantId, profile), requestId: null }
}

const outcomeOf = (tenantId: TenantId | null, profile: BatchItemResponse | undefined): Outcome => {
  if (profile?.status === 404) return 'notFound'
  const found = ProfileResource.decode(profile?.body)
  if (E.isLeft(found)) return 'refused'
  return found.right.homeTenantId === tenantId ? 'notInbound' : 'found'
}
