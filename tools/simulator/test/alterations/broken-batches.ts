import { hash } from 'node:crypto'
import type {
  Actor,
  Batches,
  BatchRefusal,
  BatchStanding,
  BatchSummary,
  DecideBatchDeps,
  ListedBatch,
  Page,
} from '@lethe/application'
import {
  type ActorReference,
  additionsIn,
  type BatchId,
  Hash,
  type Instant,
  isOpen,
  type RemovalEvent,
  type RemovalEventOf,
  type RemovalRequestId,
  type StoredRequest,
  type TenantId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Alterations, unaltered } from '../../src/alterations.js'
import { made, readable } from '../../src/made.js'
import { freshIds } from '../fresh-ids.js'
import { requests } from './broken-stores.js'

/** Breaks what a store says of batches, and leaves all else as it is. */
const batches = (alter: (sound: Batches) => Partial<Batches>): Alterations => ({
  ...unaltered,
  store: store => ({ ...store, batches: { ...store.batches, ...alter(store.batches) } }),
})

type DecidingBatches = DecideBatchDeps['batches']

/** Breaks what the one who decides a batch works with, and leaves the store as it is. */
const deciding = (
  alter: (sound: DecidingBatches, digest: Hash) => Partial<DecidingBatches>,
): Alterations => ({
  ...unaltered,
  deciding: (deps, digest) => ({ ...deps, batches: { ...deps.batches, ...alter(deps.batches, digest) } }),
})

/** Changes how a batch is said to stand. */
const saying = (
  change: (standing: BatchStanding, asked: { readonly digest: Hash }) => BatchStanding,
): Alterations =>
  deciding((sound, digest) => ({
    close: (tenantId, batch, seen, at, isBegun) =>
      TE.map(O.map((standing: BatchStanding) => change(standing, { digest })))(
        sound.close(tenantId, batch, seen, at, isBegun),
      ),
  }))

/** Changes what is handed out to be decided. */
const handing = (
  change: (
    ids: ReadonlyArray<RemovalRequestId>,
    asked: { readonly tenantId: TenantId; readonly batch: BatchId },
  ) => ReadonlyArray<RemovalRequestId>,
): Alterations =>
  deciding(sound => ({
    members: (tenantId, batch, states, after, limit) =>
      TE.map(O.map((ids: ReadonlyArray<RemovalRequestId>) => change(ids, { tenantId, batch })))(
        sound.members(tenantId, batch, states, after, limit),
      ),
  }))

const someDigest = (text: string): Hash => made(Hash, hash('sha256', text))

/** Compares no digest: what is found is taken for what was asked for. */
export const comparesNoDigest = (): Alterations => saying((found, { digest }) => ({ ...found, digest }))

/** Remembers the digest that a batch had at first, and never looks again. */
export const remembersDigests = (): Alterations => {
  const first = new Map<string, Hash>()
  return batches(sound => ({
    summary: (tenantId, batch) =>
      TE.map(
        O.map((found: BatchSummary) => {
          const key = `${tenantId} ${batch}`
          const digest = first.get(key) ?? found.digest
          first.set(key, digest)
          return { ...found, digest }
        }),
      )(sound.summary(tenantId, batch)),
  }))
}

/** Says that a batch is closed, and lets more into it. */
export const closesNothing = (): Alterations => {
  const closed = new Map<string, { readonly digest: Hash; readonly closedAt: Instant }>()
  const closing = (tenantId: TenantId, batch: BatchId) => closed.get(`${tenantId} ${batch}`)
  return batches(sound => ({
    close: (tenantId, batch, digest, at, isBegun) =>
      TE.map(
        O.map((standing: BatchStanding) => {
          const isNow = standing.waits && standing.digest === digest
          if (isNow && closing(tenantId, batch) === undefined)
            closed.set(`${tenantId} ${batch}`, { digest, closedAt: at })
          return { ...standing, digest: closing(tenantId, batch)?.digest ?? standing.digest }
        }),
      )(sound.close(tenantId, batch, someDigest('another'), at, isBegun)),
    refusalOf: (tenantId, batch, actor) =>
      TE.map((refusal: BatchRefusal | null): BatchRefusal | null =>
        closing(tenantId, batch) === undefined ? refusal : (refusal ?? { _tag: 'BatchClosed' }),
      )(sound.refusalOf(tenantId, batch, actor)),
    summary: (tenantId, batch) =>
      TE.map(O.map((found: BatchSummary) => ({ ...found, ...closing(tenantId, batch) })))(
        sound.summary(tenantId, batch),
      ),
    list: (tenantId, filter, page) =>
      TE.map(({ items, next }: Page<ListedBatch>) => ({
        items: items.map(item => ({ ...item, closedAt: closing(tenantId, item.id)?.closedAt ?? null })),
        next,
      }))(sound.list(tenantId, filter, page)),
  }))
}

/** Takes everybody for the maker of every batch. */
export const takesAnybodyForTheMaker = (): Alterations => {
  const makers = new Map<string, Actor>()
  const disguised = new Map<ActorReference, Actor>()
  return {
    ...unaltered,
    store: store => ({
      ...store,
      removalRequests: {
        ...store.removalRequests,
        submit: submission => async () => {
          const { tenantId, submitter, events } = submission
          const [batch] = events.flatMap(additionsIn).map(addition => addition.batch)
          const key = `${tenantId} ${batch}`
          const maker = batch === undefined ? undefined : makers.get(key)
          const answer = await store.removalRequests.submit({
            ...submission,
            submitter: { ...submitter, actor: maker ?? submitter.actor },
          })()
          if (E.isRight(answer) && !answer.right.joined && batch !== undefined) {
            makers.set(key, maker ?? submitter.actor)
            disguised.set(submitter.reference, submitter.actor)
          }
          return answer
        },
      },
      actors: {
        ...store.actors,
        resolve: (tenantId, references) =>
          TE.map(
            (found: ReadonlyMap<ActorReference, Actor>) =>
              new Map([...found].map(([reference, actor]) => [reference, disguised.get(reference) ?? actor])),
          )(store.actors.resolve(tenantId, references)),
      },
    }),
  }
}

/** Says of every page of batches that it is the last. */
export const listsOnePageOfBatches = (): Alterations =>
  batches(sound => ({
    list: (tenantId, filter, page) =>
      TE.map((found: Page<ListedBatch>) => ({ ...found, next: null }))(sound.list(tenantId, filter, page)),
  }))

/** Lists batches whatever state they are asked for by. */
export const listsAllBatches = (): Alterations =>
  batches(sound => ({ list: (tenantId, _, page) => sound.list(tenantId, {}, page) }))

/** Takes every batch for another one. */
export const refusesEveryBatch = (): Alterations =>
  saying(found => ({ ...found, digest: someDigest('another') }))

/** Leaves the last of what waits out, where there is more than one. */
export const leavesSomeOut = (): Alterations => handing(ids => (ids.length > 1 ? ids.slice(0, -1) : ids))

/** Hands out everything of the tenant that waits for approval, whatever batch it is in. */
export const mixesBatches = (): Alterations => {
  const waiting = new Map<TenantId, Set<RemovalRequestId>>()
  const noting = (request: StoredRequest): void => {
    const known = waiting.get(request.tenantId) ?? new Set<RemovalRequestId>()
    waiting.set(request.tenantId, known)
    if (request.state === 'pendingApproval') known.add(request.id)
    else known.delete(request.id)
  }
  let decided: BatchId | null = null
  const handed = handing((ids, { tenantId, batch }) => {
    decided = batch
    return [...(waiting.get(tenantId)?.keys() ?? ids)]
  })
  // A history that says so is what keeps a request out that the rows of a batch name.
  const believed = (request: StoredRequest): StoredRequest => ({ ...request, batch: decided })
  return {
    ...handed,
    deciding: (deps, digest) => ({
      ...handed.deciding(deps, digest),
      removalRequests: {
        ...deps.removalRequests,
        load: (tenantId, id) => TE.map(O.map(believed))(deps.removalRequests.load(tenantId, id)),
      },
    }),
    store: requests(sound => ({
      submit: submission => async () => {
        const answer = await sound.submit(submission)()
        if (E.isRight(answer)) noting(answer.right.request)
        return answer
      },
      append: asked => async () => {
        const answer = await sound.append(asked)()
        if (E.isRight(answer)) noting(answer.right)
        return answer
      },
    })).store,
  }
}

/** Makes the digest of the first request alone. */
export const digestsTooLittle = (): Alterations => {
  const ofFirst = (digest: Hash, ids: ReadonlyArray<string>): Hash =>
    ids.length < 2 ? digest : someDigest(`${ids.toSorted()[0] ?? ''}\n`)
  return batches(sound => ({
    summary: (tenantId, batch) =>
      TE.map(O.map((found: BatchSummary) => ({ ...found, digest: ofFirst(found.digest, found.sample) })))(
        sound.summary(tenantId, batch),
      ),
  }))
}

/** Counts only what is open. */
export const countsWhatIsOpen = (): Alterations =>
  batches(sound => ({
    summary: (tenantId, batch) =>
      TE.map(
        O.map((found: BatchSummary) => ({
          ...found,
          states: new Map([...found.states].filter(([state]) => state !== 'unreadable' && isOpen(state))),
        })),
      )(sound.summary(tenantId, batch)),
  }))

/** Takes a batch for that of the tenant that used its id first. */
export const mixesTenants = (): Alterations => {
  const homes = new Map<BatchId, TenantId>()
  return {
    ...unaltered,
    store: store => ({
      ...store,
      removalRequests: {
        ...store.removalRequests,
        submit: submission => {
          const [first] = submission.events
          const batch = first?.type === 'removalRequested' ? first.data.batch : undefined
          if (batch !== undefined && !homes.has(batch)) homes.set(batch, submission.tenantId)
          return store.removalRequests.submit(submission)
        },
      },
      batches: {
        ...store.batches,
        summary: (tenantId, batch) => store.batches.summary(homes.get(batch) ?? tenantId, batch),
        members: (tenantId, batch, states, after, limit) =>
          store.batches.members(homes.get(batch) ?? tenantId, batch, states, after, limit),
      },
    }),
  }
}

/** Has no index that keeps a second request for a profile out of a batch: it is put down as one about somebody else. */
export const letsASecondRequestIntoABatch = (): Alterations =>
  requests(sound => ({
    submit: submission => async () => {
      const answer = await sound.submit(submission)()
      if (E.isLeft(answer) || !answer.right.joined || isOpen(readable(answer.right.request).state))
        return answer
      const subject = { ...submission.subject, userId: freshIds.userId() }
      return sound.submit({ ...submission, subject })()
    },
  }))

const withoutBatch = (requested: RemovalEventOf<'removalRequested'>): RemovalEvent => {
  const { batch: _, ...data } = requested.data
  return { ...requested, data }
}

/** Forgets the batch of whatever is submitted. */
export const forgetsBatches = (): Alterations =>
  requests(sound => ({
    submit: submission =>
      sound.submit({
        ...submission,
        events: submission.events.map(happened =>
          happened.type === 'removalRequested' ? withoutBatch(happened) : happened,
        ),
      }),
  }))

/** Finds nobody in a batch. */
export const findsNobodyInABatch = (): Alterations =>
  batches(() => ({ requestFor: () => async () => E.right(O.none) }))
