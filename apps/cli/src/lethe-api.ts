import {
  actionPath,
  type BatchAction,
  BatchApproval,
  BatchCollection,
  BatchContinuation,
  BatchDecisionResource,
  BatchDenial,
  type BatchListItem,
  type BatchListOptions,
  BatchResource,
  batchActionPath,
  batchesPath,
  batchPathOf,
  Closing,
  Denial,
  HistoryResource,
  historyPath,
  IdentityResource,
  identityPath,
  largestPage,
  NewRemovalRequest,
  ownBatchPath,
  RemovalRequestCollection,
  type RemovalRequestListOptions,
  RemovalRequestResource,
  removalRequestPath,
  removalRequestsPath,
  type RemovalRequestAction,
  StatusResource,
  statusPath,
  usualBatchPage,
  writeBatchListOptions,
  writeRemovalRequestListOptions,
} from '@lethe/api-contract'
import type { BatchId, InboundSharedUserProfile, RemovalRequestId, UserId } from '@lethe/domain'
import {
  batchPath,
  type BatchRequest,
  BatchResponse,
  graphRoot,
  ProfileResource,
  largestProfilePage,
  ProfileCollection,
  profilePath,
  profilesPath,
} from '@lethe/graph-contract'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Answer } from './answer.js'
import type { Send } from './client.js'
import { type Page, readPages } from './paging.js'
import type { ClientRefusal } from './refusal.js'

type Called<A> = TE.TaskEither<ClientRefusal, A>

/** A collection, to be taken page by page. */
export type Pages<A, F = ClientRefusal> = <R>(
  handOn: (items: ReadonlyArray<A>) => TE.TaskEither<R, void>,
) => TE.TaskEither<F | R, void>

/** The API of Lethe, as far as operators use it. */
export interface LetheApi {
  readonly identity: Called<IdentityResource>
  readonly status: Called<StatusResource>
  readonly profile: (userId: UserId) => Called<InboundSharedUserProfile>
  /** @param filter an OData filter, as it is typed; null for all. */
  readonly profiles: (filter: string | null, limit: number | null) => Pages<InboundSharedUserProfile>
  readonly requests: (
    options: RemovalRequestListOptions,
    limit: number | null,
  ) => Pages<RemovalRequestResource>
  readonly request: (id: RemovalRequestId) => Called<RemovalRequestResource>
  readonly history: (id: RemovalRequestId) => Called<HistoryResource>
  /** The status is 201 for a new request, 200 for an open one that was joined. */
  readonly submit: (input: NewRemovalRequest) => Called<Answer<RemovalRequestResource>>
  readonly act: (
    id: RemovalRequestId,
    action: Exclude<RemovalRequestAction, 'deny' | 'close'>,
  ) => Called<RemovalRequestResource>
  readonly deny: (id: RemovalRequestId, denial: Denial) => Called<RemovalRequestResource>
  readonly close: (id: RemovalRequestId, closing: Closing) => Called<RemovalRequestResource>
  /** Several requests in one, below the root of Graph or of Lethe's own API. */
  readonly batch: (root: 'graph' | 'lethe', requests: BatchRequest['requests']) => Called<BatchResponse>
  readonly batches: (options: BatchListOptions, limit: number | null) => Pages<BatchListItem>
  readonly batchOf: (id: BatchId) => Called<BatchResource>
  readonly approveBatch: (id: BatchId, approval: BatchApproval) => Called<BatchDecisionResource>
  readonly denyBatch: (id: BatchId, denial: BatchDenial) => Called<BatchDecisionResource>
  readonly retryBatch: (id: BatchId, from: BatchContinuation) => Called<BatchDecisionResource>
  readonly withdrawBatch: (id: BatchId, from: BatchContinuation) => Called<BatchDecisionResource>
}

/** @param server the address, without a slash at its end. */
export const createLetheApi = (server: string, send: Send): LetheApi => {
  const at = (path: string): URL => new URL(`${server}${path}`)
  const get = <A>(path: string, template: string, decoder: t.Decoder<unknown, A>): Called<A> =>
    pipe(send({ method: 'GET', url: at(path), template, decoder }), TE.map(valueOf))
  const getPages = <A>(path: string, query: Query, limit: number | null, decoder: PageDecoder<A>): Pages<A> =>
    readPages(withQuery(at(path), query), limit, url => send({ method: 'GET', url, template: path, decoder }))
  const post = (path: string, template: string, body?: unknown) =>
    send({ method: 'POST', url: at(path), template, body, decoder: RemovalRequestResource })
  const act = (id: RemovalRequestId, action: RemovalRequestAction, body?: unknown) =>
    pipe(post(actionPath(id, action), `${requestTemplate}/${action}`, body), TE.map(valueOf))
  const decide = (id: BatchId, action: BatchAction, body: unknown) =>
    pipe(
      send({
        method: 'POST',
        url: at(batchActionPath(id, action)),
        template: `${batchTemplate}/${action}`,
        body,
        decoder: BatchDecisionResource,
      }),
      TE.map(valueOf),
    )

  return {
    identity: get(identityPath, identityPath, IdentityResource),
    status: get(statusPath, statusPath, StatusResource),
    profile: userId => get(`${graphRoot}${profilePath(userId)}`, profileTemplate, ProfileResource),
    profiles: (filter, limit) =>
      getPages(
        `${graphRoot}${profilesPath}`,
        [...filtered(filter), ...pageSize(limit, largestProfilePage)],
        limit,
        ProfileCollection,
      ),
    requests: (options, limit) =>
      getPages(
        removalRequestsPath,
        [...writeRemovalRequestListOptions(options), ...pageSize(limit, largestPage)],
        limit,
        RemovalRequestCollection,
      ),
    request: id => get(removalRequestPath(id), requestTemplate, RemovalRequestResource),
    history: id => get(historyPath(id), `${requestTemplate}/history`, HistoryResource),
    submit: input => post(removalRequestsPath, removalRequestsPath, NewRemovalRequest.encode(input)),
    act: (id, action) => act(id, action),
    deny: (id, denial) => act(id, 'deny', Denial.encode(denial)),
    close: (id, closing) => act(id, 'close', Closing.encode(closing)),
    batch: (root, requests) => {
      const path = root === 'graph' ? `${graphRoot}${batchPath}` : ownBatchPath
      return pipe(
        send({ method: 'POST', url: at(path), template: path, body: { requests }, decoder: BatchResponse }),
        TE.map(valueOf),
      )
    },
    batches: (options, limit) =>
      getPages(
        batchesPath,
        [...writeBatchListOptions(options), ...pageSize(limit, usualBatchPage)],
        limit,
        BatchCollection,
      ),
    batchOf: id => get(batchPathOf(id), batchTemplate, BatchResource),
    approveBatch: (id, approval) => decide(id, 'approve', BatchApproval.encode(approval)),
    denyBatch: (id, denial) => decide(id, 'deny', BatchDenial.encode(denial)),
    retryBatch: (id, from) => decide(id, 'retry', BatchContinuation.encode(from)),
    withdrawBatch: (id, from) => decide(id, 'withdraw', BatchContinuation.encode(from)),
  }
}

type Query = ReadonlyArray<readonly [name: string, value: string]>
type PageDecoder<A> = t.Decoder<unknown, Page<A>>

const profileTemplate = `${graphRoot}${profilesPath}/{userId}`
const requestTemplate = `${removalRequestsPath}/{id}`
const batchTemplate = `${batchesPath}/{id}`

const valueOf = <A>({ value }: Answer<A>): A => value

const filtered = (filter: string | null): Query => (filter === null ? [] : [['$filter', filter]])

/**
 * Without a limit the server chooses how large its pages are. With one, the pages are as few as can be and share it
 * evenly, because the links keep the size: 1000 are two pages of 500, and not of 999 with 998 that nobody wants.
 */
const pageSize = (limit: number | null, largest: number): Query =>
  limit === null ? [] : [['$top', String(Math.ceil(limit / Math.ceil(limit / largest)))]]

/** Spaces are written `%20`: an OData service need not read `+` as one. */
const withQuery = (url: URL, pairs: Query): URL => {
  const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join('&')
  return new URL(query === '' ? url.href : `${url.href}?${query}`)
}
