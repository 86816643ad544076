import type {
  Actor,
  ActorRecord,
  Clock,
  Digest,
  InvalidPageToken,
  NoteRecord,
  Page,
  PageRequest,
  RemovalRequestFilter,
  RemovalRequests,
  StorePorts,
  SubjectRecord,
  Submission,
} from '@lethe/application'
import {
  ActorReference,
  additionsIn,
  addSeconds,
  batchesOf,
  type BatchId,
  type ChainHead,
  type Instant,
  isOpen,
  jobsOf,
  type RemovalEvent,
  type RemovalRequest,
  RemovalRequestId,
  replay,
  evolve,
  seal,
  type SealedEvent,
  type TenantId,
  type UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { batchRefusal, type BatchRecord, type BatchSource, inMemoryBatches, membersIn } from './batches.js'
import { inMemoryJobs, type JobsSettings } from './jobs.js'
import { inMemoryPaceStates } from './pace-states.js'
import { inMemorySignIns } from './sign-ins.js'

/** Everything about one request. Replaced as a whole, so that no reader sees half of a change. */
interface Stored {
  readonly request: RemovalRequest
  readonly events: ReadonlyArray<SealedEvent>
  readonly head: ChainHead
  readonly subject: SubjectRecord | null
  readonly actors: ReadonlyArray<ActorRecord>
  readonly notes: ReadonlyArray<NoteRecord>
  /** When its job was last made anew; null where the job is the one that came with its last event. */
  readonly resumedAt: Instant | null
}

/** The requests of one tenant, and where each open profile and each reference is found. */
interface Tenant {
  readonly requests: Map<RemovalRequestId, Stored>
  readonly openFor: Map<UserId, RemovalRequestId>
  readonly withReference: Map<string, RemovalRequestId>
  readonly batches: Map<BatchId, BatchRecord>
}

const emptyTenant = (): Tenant => ({
  requests: new Map(),
  openFor: new Map(),
  withReference: new Map(),
  batches: new Map(),
})

/** The store in memory: gone with the process, and otherwise like the durable one. */
export const inMemoryStore = ({
  digest,
  clock,
  leaseSeconds = 60,
  heldPerTenant = 32,
  mostDeliveries = 20,
}: {
  readonly digest: Pick<Digest, 'envelope'>
  readonly clock: Clock
} & Partial<JobsSettings>): StorePorts => {
  const tenants = new Map<TenantId, Tenant>()
  const { jobs, backlogs, enqueue, queued } = inMemoryJobs(clock, {
    leaseSeconds,
    heldPerTenant,
    mostDeliveries,
  })

  const recordsOf = (tenantId: TenantId): Tenant => {
    const known = tenants.get(tenantId)
    if (known !== undefined) return known
    const added = emptyTenant()
    tenants.set(tenantId, added)
    return added
  }
  const read = (tenantId: TenantId): Tenant => tenants.get(tenantId) ?? emptyTenant()
  const allOf = (tenantId: TenantId): ReadonlyArray<Stored> => [...read(tenantId).requests.values()]

  const write = (tenantId: TenantId, stored: Stored, events: ReadonlyArray<RemovalEvent>): void => {
    const records = recordsOf(tenantId)
    index(records, stored)
    for (const { batch, by, at } of events.flatMap(additionsIn))
      if (!records.batches.has(batch))
        records.batches.set(batch, { maker: by, submittedAt: at, closed: null })
    enqueue(events.flatMap(jobsOf))
  }

  const actorOf = (tenantId: TenantId, reference: ActorReference): Actor | undefined =>
    found(read(tenantId), [reference], stored => stored.actors)[0]?.actor

  const batchSource: BatchSource = {
    allOf,
    recordsOf: tenantId => recordsOf(tenantId).batches,
    isActor: (tenantId, reference, actor) => {
      const known = actorOf(tenantId, reference)
      return known !== undefined && sameActor(known, actor)
    },
    didDecide: (tenantId, { id }, actor, decided) =>
      read(tenantId)
        .requests.get(id)
        ?.events.some(
          ({ envelope: { type, data } }) =>
            (decided.kind === 'approved'
              ? type === 'approvalGiven'
              : type === 'removalDenied' && data['code'] === decided.code) &&
            ActorReference.is(data['by']) &&
            batchSource.isActor(tenantId, data['by'], actor),
        ) === true,
  }
  const refusalOf = batchRefusal(batchSource)

  /** The request of a batch for a profile. */
  const inBatch = (tenantId: TenantId, batch: BatchId, { subject }: Stored): RemovalRequest | undefined =>
    membersIn(allOf(tenantId), batch).find(
      other => other.subject !== null && other.subject.userId === subject?.userId,
    )?.request

  /** Whether somebody may make a request a part of every batch that these events name. */
  const mayAdd = (
    tenantId: TenantId,
    stored: Stored,
    actor: ActorRecord | null,
    events: ReadonlyArray<RemovalEvent>,
  ) =>
    events.flatMap(additionsIn).every(({ batch, by }) => {
      const who = actor?.reference === by ? actor.actor : actorOf(tenantId, by)
      return (
        who !== undefined &&
        refusalOf(tenantId, batch, who) === null &&
        inBatch(tenantId, batch, stored) === undefined
      )
    })

  const signIns = inMemorySignIns()
  const removalRequests: RemovalRequests = {
    submit: submission =>
      TE.fromIOEither(() => {
        const { tenantId, subject, submitter } = submission
        const stored = storedFrom(digest, submission)
        const { batch } = stored.request
        const known =
          (batch === null ? undefined : inBatch(tenantId, batch, stored)) ??
          openRequest(read(tenantId), subject.userId)
        if (known !== undefined) return E.right({ joined: true, request: known })
        const refusal = batch === null ? null : refusalOf(tenantId, batch, submitter.actor)
        if (refusal !== null) return E.left(refusal)
        write(tenantId, stored, submission.events)
        return E.right({ joined: false, request: stored.request })
      }),
    openFor: (tenantId, userId) => TE.fromIO(() => O.fromNullable(openRequest(read(tenantId), userId))),
    load: (tenantId, id) => TE.fromIO(() => O.fromNullable(read(tenantId).requests.get(id)?.request)),
    append: ({ tenantId, requestId, expectedVersion, events, actor, note }) =>
      TE.fromIOEither(() => {
        const stored = read(tenantId).requests.get(requestId)
        if (
          stored?.request.version !== expectedVersion ||
          (actor !== null && knows(stored, actor.actor)) ||
          !mayAdd(tenantId, stored, actor, events)
        )
          return E.left({ _tag: 'VersionConflict' })
        const next = extended(digest, stored, events)
        write(
          tenantId,
          {
            ...next,
            actors: actor === null ? stored.actors : [...stored.actors, actor],
            notes: note === null ? stored.notes : [...stored.notes, note],
          },
          events,
        )
        if (!('job' in next.request)) signIns.delete(tenantId, requestId)
        return E.right(next.request)
      }),
    list: (tenantId, filter, page) => TE.fromIOEither(() => pageOf(allOf(tenantId), filter, page)),
    history: (tenantId, id) =>
      TE.fromIO(() => {
        const stored = read(tenantId).requests.get(id)
        return stored === undefined
          ? O.none
          : O.some({ events: stored.events, isCut: false, head: stored.head, seal: null })
      }),
    expiring: (tenantId, at, limit) =>
      TE.fromIO(() =>
        allOf(tenantId)
          .map(({ request }) => request)
          .filter(
            request =>
              request.state === 'pendingApproval' && request.expiresAt !== null && request.expiresAt <= at,
          )
          .toSorted((one, other) => ((one.expiresAt ?? '') < (other.expiresAt ?? '') ? -1 : 1))
          .slice(0, limit)
          .map(request => request.id),
      ),
    resume: (tenantId, seconds, limit) =>
      TE.fromIO(() => {
        const before = addSeconds(clock.now(), -seconds)
        const known = queued(tenantId)
        const resumed = allOf(tenantId)
          .flatMap(stored => {
            const since = waitingSince(stored)
            return since !== null && since < before && !known.has(stored.request.id)
              ? [{ stored, since }]
              : []
          })
          .toSorted((one, other) => (one.since < other.since ? -1 : 1))
          .slice(0, limit)
        for (const { stored } of resumed) {
          index(recordsOf(tenantId), { ...stored, resumedAt: clock.now() })
          if ('job' in stored.request) enqueue([stored.request.job])
        }
        return resumed.length
      }),
    unreadable: () => TE.right(0),
    overdue: (tenantId, at) =>
      TE.fromIO(
        () => allOf(tenantId).filter(({ request }) => isOpen(request.state) && request.dueAt < at).length,
      ),
  }

  return {
    removalRequests,
    batches: inMemoryBatches(batchSource),
    jobs,
    backlogs,
    actors: {
      referenceOf: (tenantId, requestId, actor) =>
        TE.fromIO(() =>
          O.fromNullable(
            read(tenantId)
              .requests.get(requestId)
              ?.actors.find(record => sameActor(record.actor, actor))?.reference,
          ),
        ),
      resolve: (tenantId, references) =>
        TE.fromIO(
          () =>
            new Map(
              found(read(tenantId), references, stored => stored.actors).map(record => [
                record.reference,
                record.actor,
              ]),
            ),
        ),
      erase: (tenantId, actor) =>
        TE.fromIO(() =>
          eraseFrom(
            recordsOf(tenantId),
            stored => knows(stored, actor),
            stored => ({
              ...stored,
              actors: stored.actors.filter(record => !sameActor(record.actor, actor)),
            }),
          ),
        ),
    },
    subjects: {
      resolve: (tenantId, commitments) =>
        TE.fromIO(
          () =>
            new Map(
              found(read(tenantId), commitments, ({ subject }) =>
                subject === null ? [] : [{ ...subject, reference: subject.commitment }],
              ).map(({ commitment, userId, salt }) => [commitment, { userId, salt }]),
            ),
        ),
      erase: (tenantId, userId) =>
        TE.fromIO(() =>
          eraseFrom(
            recordsOf(tenantId),
            stored => isAbout(stored, userId),
            stored => ({ ...stored, subject: null, notes: [] }),
          ),
        ),
    },
    notes: {
      resolve: (tenantId, references) =>
        TE.fromIO(
          () =>
            new Map(
              found(read(tenantId), references, stored => stored.notes).map(note => [
                note.reference,
                note.text,
              ]),
            ),
        ),
    },
    sealedSignIns: signIns.port,
    paces: inMemoryPaceStates(clock),
  }
}

/** Since when a request has waited for a job that is due; null where it waits for none. */
const waitingSince = ({ request, events, resumedAt }: Stored): Instant | null =>
  'job' in request ? (resumedAt ?? request.job.notBefore ?? events.at(-1)?.envelope.at ?? null) : null

const storedFrom = (digest: Pick<Digest, 'envelope'>, { events, subject, submitter }: Submission): Stored => {
  const request = replay(events)
  const sealed = seal(digest.envelope)(null, events)
  const last = sealed.at(-1)
  if (E.isLeft(request) || last === undefined) throw new Error('A submission starts with what was requested')
  return {
    request: request.right,
    events: sealed,
    head: { sequence: last.envelope.sequence, hash: last.hash },
    subject,
    actors: [submitter],
    notes: [],
    resumedAt: null,
  }
}

const extended = (
  digest: Pick<Digest, 'envelope'>,
  stored: Stored,
  events: ReadonlyArray<RemovalEvent>,
): Stored => {
  const sealed = seal(digest.envelope)(stored.head, events)
  const last = sealed.at(-1)
  const request = events.reduce<RemovalRequest | null>(evolve, stored.request)
  if (last === undefined || request?.version !== last.envelope.sequence)
    throw new Error('Appended events follow on the version that was expected')
  return {
    ...stored,
    request,
    events: [...stored.events, ...sealed],
    resumedAt: null,
    head: { sequence: last.envelope.sequence, hash: last.hash },
  }
}

/** The newest first; the token is the last id of the page before, so that new requests in between do no harm. */
const pageOf = (
  all: ReadonlyArray<Stored>,
  filter: RemovalRequestFilter,
  { size, after }: PageRequest,
): E.Either<InvalidPageToken, Page<RemovalRequest>> => {
  const last = after === null ? null : RemovalRequestId.decode(after)
  if (last !== null && E.isLeft(last)) return E.left({ _tag: 'InvalidPageToken' })
  const rest = all
    .filter(stored => matches(stored, filter) && (last === null || stored.request.id < last.right))
    .map(({ request }) => request)
    .toSorted((one, other) => (one.id > other.id ? -1 : 1))
  const items = rest.slice(0, size)
  return E.right({ items, next: rest.length > size ? (items.at(-1)?.id ?? null) : null })
}

const matches = (stored: Stored, { states, userId, dueBefore, batch }: RemovalRequestFilter): boolean =>
  (states === undefined || states.includes(stored.request.state)) &&
  (userId === undefined || isAbout(stored, userId)) &&
  (dueBefore === undefined || stored.request.dueAt < dueBefore) &&
  (batch === undefined || batchesOf(stored.request).includes(batch))

/** Puts a request in its place, and keeps the indexes in step with it. */
const index = ({ requests, openFor, withReference }: Tenant, stored: Stored): void => {
  const { id, state } = stored.request
  requests.set(id, stored)
  if (stored.subject !== null) {
    withReference.set(stored.subject.commitment, id)
    if (isOpen(state)) openFor.set(stored.subject.userId, id)
    else if (openFor.get(stored.subject.userId) === id) openFor.delete(stored.subject.userId)
  }
  for (const { reference } of [...stored.actors, ...stored.notes]) withReference.set(reference, id)
}

const openRequest = ({ openFor, requests }: Tenant, userId: UserId): RemovalRequest | undefined => {
  const id = openFor.get(userId)
  return id === undefined ? undefined : requests.get(id)?.request
}

/** The records of these references that are still there. */
const found = <R extends { readonly reference: string }>(
  { requests, withReference }: Tenant,
  references: ReadonlyArray<string>,
  recordsIn: (stored: Stored) => ReadonlyArray<R>,
): ReadonlyArray<R> =>
  references.flatMap(reference => {
    const id = withReference.get(reference)
    const stored = id === undefined ? undefined : requests.get(id)
    return stored === undefined ? [] : recordsIn(stored).filter(record => record.reference === reference)
  })

/** Cuts references of requests that have ended. */
const eraseFrom = (
  { requests }: Tenant,
  concerns: (stored: Stored) => boolean,
  without: (stored: Stored) => Stored,
): { readonly erased: number; readonly kept: number } => {
  const concerned = [...requests.values()].filter(concerns)
  const ended = concerned.filter(({ request }) => !isOpen(request.state))
  for (const stored of ended) requests.set(stored.request.id, without(stored))
  return { erased: ended.length, kept: concerned.length - ended.length }
}

const isAbout = (stored: Stored, userId: UserId): boolean => stored.subject?.userId === userId

const knows = (stored: Stored, actor: Actor): boolean =>
  stored.actors.some(record => sameActor(record.actor, actor))

/** People are the same when their object ids are, whatever application they came through. */
const sameActor = (one: Actor, other: Actor): boolean => {
  switch (one.kind) {
    case 'person':
      return other.kind === 'person' && one.userId === other.userId
    case 'application':
      return other.kind === 'application' && one.appId === other.appId
  }
}
