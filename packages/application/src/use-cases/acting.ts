import {
  type ActorReference,
  jobsOf,
  type RemovalEvent,
  type RemovalRequest,
  type RemovalRequestId,
  type StoredRequest,
  type TenantCaller,
  type TenantId,
} from '@lethe/domain'
import type * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Identifiers } from '../ports/environment.js'
import type { Actor, Actors, NoteRecord } from '../ports/people.js'
import type { Unavailable, VersionConflict } from '../ports/problems.js'
import type { RemovalRequests } from '../ports/removal-requests.js'
import type { SignIns } from '../ports/sign-ins.js'
import {
  type RequestNotFound,
  requestNotFound,
  type RequestUnreadable,
  requestUnreadable,
  type SubjectDiffers,
} from './refusals.js'
import type { FindPerson } from './removal-request-view.js'

/** A caller as somebody who acts on requests of their tenant. */
export const actorOf = (caller: TenantCaller): Actor => {
  switch (caller.kind) {
    case 'workAccount':
      return { kind: 'person', userId: caller.userId, appId: caller.appId }
    case 'application':
      return { kind: 'application', appId: caller.appId }
  }
}

export interface ActingDeps {
  readonly removalRequests: Pick<RemovalRequests, 'load' | 'append'>
  readonly actors: Pick<Actors, 'referenceOf'>
  readonly findPerson: FindPerson
  readonly identifiers: Pick<Identifiers, 'actorReference'>
}

/** Somebody wants to do something to a request. */
export interface Acting<Refusal> {
  readonly tenantId: TenantId
  readonly id: RemovalRequestId
  readonly actor: Actor
  /** A text that comes with it. */
  readonly note: NoteRecord | null
  /** Keeps the sign-in of who sets the worker going, if that is what was decided. */
  readonly signIn: { readonly caller: TenantCaller; readonly signIns: Pick<SignIns, 'keep'> } | null
  /** Pure; asked again on the new state where somebody else was faster. */
  readonly decide: (
    by: ActorReference,
  ) => (request: RemovalRequest) => E.Either<Refusal, ReadonlyArray<RemovalEvent>>
}

/** What keeps anybody from acting on a request. */
export type ActingRefusal = RequestNotFound | RequestUnreadable | SubjectDiffers | Unavailable

/** How often a decision is made anew because somebody else was faster, before the caller is asked to come back. */
const mostTries = 10

/**
 * Loads a request, decides, and appends what was decided; a decision without events leaves everything as it is.
 *
 * @returns the request after it. The one who shows it makes a view of it: the one who acts on many shows none of them.
 */
export const act =
  (deps: ActingDeps) =>
  <Refusal>(acting: Acting<Refusal>): TE.TaskEither<ActingRefusal | Refusal, RemovalRequest> =>
    untilUncontested(() => actOnce(deps)(acting))

/** Does again what lost against somebody who was faster. */
export const untilUncontested = <Refusal, A>(
  once: () => TE.TaskEither<Refusal | Unavailable | VersionConflict, A>,
  triesLeft: number = mostTries,
): TE.TaskEither<Refusal | Unavailable, A> =>
  pipe(
    once(),
    TE.orElse(problem => {
      if (!isConflict(problem)) return TE.left(problem)
      return triesLeft > 1
        ? untilUncontested(once, triesLeft - 1)
        : TE.left<Unavailable>({ _tag: 'Unavailable', retryAfterSeconds: 1 })
    }),
  )

/** The same as `act`, once: `VersionConflict` where somebody else was faster. */
export const actOnce =
  (deps: ActingDeps) =>
  <Refusal>(
    acting: Acting<Refusal>,
  ): TE.TaskEither<ActingRefusal | Refusal | VersionConflict, RemovalRequest> =>
    pipe(
      loadRequest(deps.removalRequests)(acting.tenantId, acting.id),
      TE.tap(request => checkSubject(deps)(request)),
      TE.flatMap(request =>
        pipe(
          deps.actors.referenceOf(acting.tenantId, acting.id, acting.actor),
          TE.flatMap(known => appendDecision(deps, acting, request, known)),
        ),
      ),
    )

const appendDecision = <Refusal>(
  { removalRequests, identifiers }: ActingDeps,
  { tenantId, id, actor, note, signIn, decide }: Acting<Refusal>,
  request: RemovalRequest,
  known: O.Option<ActorReference>,
): TE.TaskEither<Refusal | Unavailable | VersionConflict, RemovalRequest> => {
  const reference = O.getOrElse(() => identifiers.actorReference())(known)
  return pipe(
    TE.fromEither(decide(reference)(request)),
    TE.flatMap(events =>
      events.length === 0
        ? TE.right(request)
        : pipe(
            // Before the worker can have the job; it takes no sign-in but that of whom the history names.
            signIn !== null && events.some(event => jobsOf(event).length > 0)
              ? signIn.signIns.keep({ tenantId, requestId: id, actor: reference, caller: signIn.caller })
              : TE.right(undefined),
            TE.flatMap(() =>
              removalRequests.append({
                tenantId,
                requestId: id,
                expectedVersion: request.version,
                events,
                actor: O.isSome(known) ? null : { reference, actor },
                note,
              }),
            ),
          ),
    ),
  )
}

/** A request of the tenant, which must exist and be readable. */
export const loadRequest =
  (removalRequests: Pick<RemovalRequests, 'load'>) =>
  (
    tenantId: TenantId,
    id: RemovalRequestId,
  ): TE.TaskEither<RequestNotFound | RequestUnreadable | Unavailable, RemovalRequest> =>
    pipe(
      loadStored(removalRequests)(tenantId, id),
      TE.flatMap(request =>
        request.state === 'unreadable' ? TE.left(requestUnreadable(request)) : TE.right(request),
      ),
    )

/** A request of the tenant, which must exist, readable or not. */
export const loadStored =
  (removalRequests: Pick<RemovalRequests, 'load'>) =>
  (tenantId: TenantId, id: RemovalRequestId): TE.TaskEither<RequestNotFound | Unavailable, StoredRequest> =>
    pipe(
      removalRequests.load(tenantId, id),
      TE.flatMap(found => TE.fromOption(() => requestNotFound(id))(found)),
    )

/** Nothing is decided about somebody else than was asked for: anybody who may write to the store could have put them there. */
const checkSubject =
  ({ findPerson }: Pick<ActingDeps, 'findPerson'>) =>
  (request: RemovalRequest): TE.TaskEither<SubjectDiffers | Unavailable, void> =>
    pipe(
      findPerson(request),
      TE.flatMap(person =>
        person === 'differs' ? TE.left<SubjectDiffers>({ _tag: 'SubjectDiffers' }) : TE.right(undefined),
      ),
    )

const isConflict = (problem: unknown): problem is VersionConflict =>
  typeof problem === 'object' && problem !== null && '_tag' in problem && problem._tag === 'VersionConflict'
