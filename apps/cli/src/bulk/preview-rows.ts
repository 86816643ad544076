import { ownRequests, RemovalRequestCollection } from '@lethe/api-contract'
import { type TenantId, UserId } from '@lethe/domain'
import { type BatchItemResponse, ProfileResource, profilePath } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import type { ClientRefusal } from '../refusal.js'
import { type AskingMany, askMany } from './ask-many.js'
import { lookUpNames } from './look-up-names.js'
import type { Outcome, RowResult } from './outcome.js'
import type { Row } from './read-rows.js'
import { subjectIn } from './row-subject.js'

const openStates = 'pendingApproval,approved,removing,verifying,failed'

/** Finds out what a submission of these rows would come to, and submits nothing. */
export const previewRows =
  (deps: AskingMany & { readonly tenantId: TenantId | null }) =>
  async (rows: ReadonlyArray<Row>): Promise<E.Either<ClientRefusal, ReadonlyArray<RowResult>>> => {
    const subjects = rows.map(row => ({ row, subject: subjectIn(row.cell) }))
    const names = await lookUpNames(deps)(
      subjects.flatMap(({ subject }) => (subject.kind === 'name' ? [subject.userPrincipalName] : [])),
    )
    if (E.isLeft(names)) return names
    const asked = subjects.flatMap(({ row, subject }) => {
      const userId =
        subject.kind === 'id'
          ? subject.userId
          : subject.kind === 'name'
            ? names.right.get(subject.userPrincipalName)
            : undefined
      return userId === undefined ? [] : [{ row, userId }]
    })
    const profiles = await askMany(
      deps,
      'graph',
    )(asked.map(({ userId }) => ({ method: 'GET', url: profilePath(userId) })))
    if (E.isLeft(profiles)) return profiles
    const open = await askMany(
      deps,
      'lethe',
    )(
      asked.map(({ userId }) => ({
        method: 'GET',
        url: `${ownRequests}?userId=${UserId.encode(userId)}&state=${openStates}&$top=1`,
      })),
    )
    if (E.isLeft(open)) return open
    const results = new Map(
      asked.map(({ row }, index) => [
        row.number,
        resultOf(deps.tenantId, row, profiles.right[index], open.right[index]),
      ]),
    )
    return E.right(
      subjects.map(
        ({ row, subject }): RowResult =>
          results.get(row.number) ?? {
            ...row,
            outcome: subject.kind === 'malformed' ? 'malformed' : 'notFound',
            requestId: null,
          },
      ),
    )
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
