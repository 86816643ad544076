import {
  type BrokenChain,
  type EnvelopeDigest,
  type Grant,
  type RemovalRequestId,
  type SealedEvent,
  type TenantId,
  verifyChain,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Digest } from '../ports/environment.js'
import type { Page, PageRequest } from '../ports/page.js'
import type { InvalidPageToken, Unavailable } from '../ports/problems.js'
import type { RemovalRequestFilter, RemovalRequests, StoredHistory } from '../ports/removal-requests.js'
import { loadStored } from './acting.js'
import { type RequestNotFound, requestNotFound } from './refusals.js'
import { type StoredView, type ViewDeps, viewOf, viewStored } from './removal-request-view.js'

export interface GetRemovalRequestDeps extends ViewDeps {
  readonly removalRequests: Pick<RemovalRequests, 'load'>
}

export type GetRemovalRequest = (input: {
  readonly grant: Grant<'getRemovalRequest'>
  readonly id: RemovalRequestId
}) => TE.TaskEither<RequestNotFound | Unavailable, StoredView>

/** One removal request of the caller's tenant, also where its history cannot be read. */
export const getRemovalRequest =
  (deps: GetRemovalRequestDeps): GetRemovalRequest =>
  ({ grant, id }) =>
    pipe(
      loadStored(deps.removalRequests)(grant.tenantId, id),
      TE.flatMap((request): TE.TaskEither<Unavailable, StoredView> =>
        request.state === 'unreadable' ? TE.right({ request }) : viewOf(deps)(request),
      ),
    )

export interface ListRemovalRequestsDeps extends ViewDeps {
  readonly removalRequests: Pick<RemovalRequests, 'list'>
}

export type ListRemovalRequests = (input: {
  readonly grant: Grant<'listRemovalRequests'>
  readonly filter: RemovalRequestFilter
  readonly page: PageRequest
}) => TE.TaskEither<InvalidPageToken | Unavailable, Page<StoredView>>

/** Removal requests of the caller's tenant, the newest first. */
export const listRemovalRequests =
  (deps: ListRemovalRequestsDeps): ListRemovalRequests =>
  ({ grant, filter, page }) =>
    pipe(
      deps.removalRequests.list(grant.tenantId, filter, page),
      TE.flatMap(({ items, next }) =>
        pipe(
          viewStored(deps)(grant.tenantId, items),
          TE.map(views => ({ items: views, next })),
        ),
      ),
    )

export interface GetHistoryDeps {
  readonly removalRequests: Pick<RemovalRequests, 'history'>
  readonly digest: Pick<Digest, 'envelope'>
}

/** What happened to a request, and whether the record of it is whole. */
export interface History {
  readonly events: ReadonlyArray<SealedEvent>
  readonly head: StoredHistory['head']
  /** Where the chain is broken; null where it is whole. */
  readonly broken: BrokenChain | null
}

export type GetHistory = (input: {
  readonly grant: Grant<'getHistory'>
  readonly id: RemovalRequestId
}) => TE.TaskEither<RequestNotFound | Unavailable, History>

/** The history of a removal request of the caller's tenant, with its chain checked. */
export const getHistory =
  ({ removalRequests, digest }: GetHistoryDeps): GetHistory =>
  ({ grant, id }) =>
    pipe(
      removalRequests.history(grant.tenantId, id),
      TE.flatMap(found => TE.fromOption(() => requestNotFound(id))(found)),
      TE.map(checked(digest.envelope, { tenantId: grant.tenantId, requestId: id })),
    )

const checked =
  (digest: EnvelopeDigest, of: { readonly tenantId: TenantId; readonly requestId: RemovalRequestId }) =>
  ({ events, isCut, head, seal }: StoredHistory): History => ({
    events,
    head,
    broken: pipe(
      verifyChain(digest)(of, head, events),
      E.match(
        broken => broken,
        () => (isCut ? brokenAt(events.length + 1, 'contentDiffers') : brokenSeal(head, seal)),
      ),
    ),
  })

const brokenAt = (position: number, reason: BrokenChain['reason']): BrokenChain => ({
  _tag: 'BrokenChain',
  position,
  reason,
})

const brokenSeal = ({ sequence }: StoredHistory['head'], seal: StoredHistory['seal']): BrokenChain | null => {
  switch (seal) {
    case null:
    case 'intact':
      return null
    case 'missing':
      return brokenAt(sequence, 'headNotSealed')
    case 'differs':
      return brokenAt(sequence, 'headSealDiffers')
  }
}
