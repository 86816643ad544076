import {
  type ActorReference,
  askersOf,
  type NoteReference,
  type RemovalRequest,
  type TenantId,
  type UserId,
} from '@lethe/domain'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Actor, Actors, Notes, Subjects } from '../ports/people.js'
import type { Unavailable } from '../ports/problems.js'

/** A removal request with the people that it refers to, as far as they are not erased. */
export interface RemovalRequestView {
  readonly request: RemovalRequest
  /** The data subject; null after erasure. */
  readonly userId: UserId | null
  /** Whoever is not in here is erased. */
  readonly actors: ReadonlyMap<ActorReference, Actor>
  /** What the approver wrote on denying; null where nothing was, or after erasure. */
  readonly denialNote: string | null
}

export interface ViewDeps {
  readonly subjects: Pick<Subjects, 'resolve'>
  readonly actors: Pick<Actors, 'resolve'>
  readonly notes: Pick<Notes, 'resolve'>
}

/** Resolves the people of requests, all at once. */
export const viewAll =
  ({ subjects, actors, notes }: ViewDeps) =>
  (
    tenantId: TenantId,
    requests: ReadonlyArray<RemovalRequest>,
  ): TE.TaskEither<Unavailable, ReadonlyArray<RemovalRequestView>> =>
    pipe(
      TE.Do,
      TE.bind('people', () =>
        subjects.resolve(
          tenantId,
          requests.map(request => request.subject),
        ),
      ),
      TE.bind('actors', () => actors.resolve(tenantId, requests.flatMap(actorsOf))),
      TE.bind('texts', () => resolveNotes(notes)(tenantId, requests.flatMap(notesOf))),
      TE.map(resolved =>
        requests.map(request => ({
          request,
          userId: resolved.people.get(request.subject) ?? null,
          actors: resolved.actors,
          denialNote: pipe(
            notesOf(request),
            RA.reduce<NoteReference, string | null>(null, (_, note) => resolved.texts.get(note) ?? null),
          ),
        })),
      ),
    )

export type ViewRemovalRequest = (request: RemovalRequest) => TE.TaskEither<Unavailable, RemovalRequestView>

/** Resolves the people of one request. */
export const viewOf =
  (deps: ViewDeps): ViewRemovalRequest =>
  request =>
    pipe(
      viewAll(deps)(request.tenantId, [request]),
      TE.map(views => views[0] ?? { request, userId: null, actors: new Map(), denialNote: null }),
    )

const resolveNotes =
  (notes: Pick<Notes, 'resolve'>) =>
  (
    tenantId: TenantId,
    references: ReadonlyArray<NoteReference>,
  ): TE.TaskEither<Unavailable, ReadonlyMap<NoteReference, string>> =>
    references.length === 0 ? TE.right(new Map()) : notes.resolve(tenantId, references)

const notesOf = (request: RemovalRequest): ReadonlyArray<NoteReference> =>
  request.state === 'denied' && request.denial.note !== null ? [request.denial.note] : []

const actorsOf = (request: RemovalRequest): ReadonlyArray<ActorReference> => [
  ...askersOf(request),
  ...request.approvals.map(approval => approval.by),
  ...enderOf(request),
]

const enderOf = (request: RemovalRequest): ReadonlyArray<ActorReference> => {
  switch (request.state) {
    case 'denied':
      return [request.denial.by]
    case 'withdrawn':
      return [request.withdrawal.by]
    case 'pendingApproval':
    case 'approved':
    case 'removing':
    case 'verifying':
    case 'completed':
    case 'failed':
    case 'expired':
      return []
  }
}
