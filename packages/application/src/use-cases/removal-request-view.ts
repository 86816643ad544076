import {
  type ActorReference,
  askersOf,
  type NoteReference,
  type RemovalRequest,
  type StoredRequest,
  type SubjectCommitment,
  type TenantId,
  type UnreadableRequest,
  type UserId,
} from '@lethe/domain'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Digest } from '../ports/environment.js'
import type { Actor, Actors, Notes, ResolvedSubject, Subjects } from '../ports/people.js'
import type { Unavailable } from '../ports/problems.js'

/** A removal request with the people that it refers to, as far as they are not erased. */
export interface RemovalRequestView {
  readonly request: RemovalRequest
  /** The data subject; null after erasure. */
  readonly userId: UserId | null
  /** Whoever is not in here is erased. */
  readonly actors: ReadonlyMap<ActorReference, Actor>
  /** What was written on denying or closing it; null where nothing was, or after erasure. */
  readonly note: string | null
}

/** A request whose history cannot be read: nobody in it can be resolved. */
interface UnreadableView {
  readonly request: UnreadableRequest
}

/** A request as it is shown. */
export type StoredView = RemovalRequestView | UnreadableView

export const isUnreadableView = (view: StoredView): view is UnreadableView =>
  view.request.state === 'unreadable'

export interface ViewDeps {
  readonly digest: Pick<Digest, 'commitment'>
  readonly subjects: Pick<Subjects, 'resolve'>
  readonly actors: Pick<Actors, 'resolve'>
  readonly notes: Pick<Notes, 'resolve'>
}

/**
 * The person whom a commitment stands for, if the store has the one who was committed to.
 *
 * @returns null where nobody is known any more; `differs` where the store names somebody else.
 */
const personOf = (
  digest: Pick<Digest, 'commitment'>,
  tenantId: TenantId,
  commitment: SubjectCommitment,
  found: ResolvedSubject | undefined,
): UserId | 'differs' | null => {
  if (found === undefined) return null
  const { userId, salt } = found
  return digest.commitment(salt, tenantId, userId) === commitment ? userId : 'differs'
}

/** Finds the person whom a request is about: whom the commitment of its history stands for. */
export type FindPerson = (
  request: Pick<RemovalRequest, 'tenantId' | 'id' | 'subject'>,
) => TE.TaskEither<Unavailable, ReturnType<typeof personOf>>

/** Finds people in the store, and takes none whom nobody was committed to: anybody who may write to the store could have put them there. */
export const findPersonIn =
  ({ subjects, digest }: Pick<ViewDeps, 'subjects' | 'digest'>): FindPerson =>
  ({ tenantId, subject }) =>
    pipe(
      subjects.resolve(tenantId, [subject]),
      TE.map(people => personOf(digest, tenantId, subject, people.get(subject))),
    )

/** The same of requests of which some cannot be read. */
export const viewStored =
  (deps: ViewDeps) =>
  (
    tenantId: TenantId,
    stored: ReadonlyArray<StoredRequest>,
  ): TE.TaskEither<Unavailable, ReadonlyArray<StoredView>> =>
    pipe(
      viewAll(deps)(
        tenantId,
        stored.flatMap(request => (request.state === 'unreadable' ? [] : [request])),
      ),
      TE.map(views => {
        const byId = new Map(views.map(view => [view.request.id, view]))
        return stored.flatMap((request): ReadonlyArray<StoredView> => {
          if (request.state === 'unreadable') return [{ request }]
          const view = byId.get(request.id)
          return view === undefined ? [] : [view]
        })
      }),
    )

/** Resolves the people of requests, all at once. Whom the store names, and nobody was committed to, is shown as nobody. */
const viewAll =
  ({ subjects, actors, notes, digest }: ViewDeps) =>
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
          userId: shown(personOf(digest, tenantId, request.subject, resolved.people.get(request.subject))),
          actors: resolved.actors,
          note: pipe(
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
      TE.map(views => views[0] ?? { request, userId: null, actors: new Map(), note: null }),
    )

const shown = (person: UserId | 'differs' | null): UserId | null => (person === 'differs' ? null : person)

const resolveNotes =
  (notes: Pick<Notes, 'resolve'>) =>
  (
    tenantId: TenantId,
    references: ReadonlyArray<NoteReference>,
  ): TE.TaskEither<Unavailable, ReadonlyMap<NoteReference, string>> =>
    references.length === 0 ? TE.right(new Map()) : notes.resolve(tenantId, references)

const notesOf = (request: RemovalRequest): ReadonlyArray<NoteReference> =>
  [
    request.state === 'denied' ? request.denial.note : null,
    request.state === 'abandoned' ? request.abandonment.note : null,
  ].filter(note => note !== null)

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
    case 'abandoned':
      return [request.abandonment.by]
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
