import { hash } from 'node:crypto'
import type { Batches, BatchPending, BatchSummary, ListedBatch, Page } from '@lethe/application'
import {
  type BatchId,
  Hash,
  isOpen,
  type RemovalEvent,
  type RemovalEventOf,
  type RemovalRequest,
  type TenantId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Alterations, unaltered } from '../../src/alterations.js'
import { made } from '../../src/made.js'
import { freshIds } from '../fresh-ids.js'

/** Breaks what a store says of batches, and leaves all else as it is. */
const batches = (alter: (sound: Batches) => Partial<Batches>): Alterations => ({
  ...unaltered,
  store: store => ({ ...store, batches: { ...store.batches, ...alter(store.batches) } }),
})

/** Breaks what is handed to whoever decides a batch, and leaves the store as it is. */
const handing = (
  change: (
    pending: BatchPending,
    asked: { readonly tenantId: TenantId; readonly digest: Hash },
  ) => BatchPending,
): Alterations => ({
  ...unaltered,
  deciding: (deps, digest) => ({
    ...deps,
    batches: {
      pending: (tenantId, batch, after, limit) =>
        TE.map(O.map((found: BatchPending) => change(found, { tenantId, digest })))(
          deps.batches.pending(tenantId, batch, after, limit),
        ),
    },
  }),
})

const someDigest = (text: string): Hash => made(Hash, hash('sha256', text))

/** Compares no digest: what is found is taken for what was asked for. */
export const comparesNoDigest = (): Alterations => handing((found, { digest }) => ({ ...found, digest }))

/** Remembers the digest that a batch had at first, and never looks again. */
export const remembersDigests = (): Alterations => {
  const first = new Map<string, Hash>()
  return batches(sound => ({
    pending: (tenantId, batch, after, limit) =>
      TE.map(
        O.map((found: BatchPending) => {
          const key = `${tenantId} ${batch}`
          const digest = first.get(key) ?? found.digest
          first.set(key, digest)
          return { ...found, digest }
        }),
      )(sound.pending(tenantId, batch, after, limit)),
  }))
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
  handing(found => ({ ...found, digest: someDigest('another') }))

/** Leaves the last of what waits out, where there is more than one. */
export const leavesSomeOut = (): Alterations =>
  handing(found => ({ ...found, ids: found.ids.length > 1 ? found.ids.slice(0, -1) : found.ids }))

/** Hands out everything of the tenant that waits for approval, whatever batch it is in. */
export const mixesBatches = (): Alterations => {
  const waiting = new Map<TenantId, Map<RemovalRequest['id'], RemovalRequest>>()
  const noting = (request: RemovalRequest): void => {
    const known = waiting.get(request.tenantId) ?? new Map<RemovalRequest['id'], RemovalRequest>()
    waiting.set(request.tenantId, known)
    if (request.state === 'pendingApproval') known.set(request.id, request)
    else known.delete(request.id)
  }
  return {
    ...handing((found, { tenantId }) => ({
      ...found,
      ids: [...(waiting.get(tenantId)?.keys() ?? found.ids)],
    })),
    store: store => ({
      ...store,
      removalRequests: {
        ...store.removalRequests,
        submit: submission => async () => {
          const answer = await store.removalRequests.submit(submission)()
          if (E.isRight(answer)) noting(answer.right.request)
          return answer
        },
        append: asked => async () => {
          const answer = await store.removalRequests.append(asked)()
          if (E.isRight(answer)) noting(answer.right)
          return answer
        },
      },
    }),
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
          states: new Map([...found.states].filter(([state]) => isOpen(state))),
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
        pending: (tenantId, batch, after, limit) =>
          store.batches.pending(homes.get(batch) ?? tenantId, batch, after, limit),
      },
    }),
  }
}

/** Has no index that keeps a second request for a profile out of a batch: it is put down as one about somebody else. */
export const letsASecondRequestIntoABatch = (): Alterations => ({
  ...unaltered,
  store: store => ({
    ...store,
    removalRequests: {
      ...store.removalRequests,
      submit: submission => async () => {
        const answer = await store.removalRequests.submit(submission)()
        if (E.isLeft(answer) || !answer.right.joined || isOpen(answer.right.request.state)) return answer
        const subject = { ...submission.subject, userId: freshIds.userId() }
        return store.removalRequests.submit({ ...submission, subject })()
      },
    },
  }),
})

const withoutBatch = (requested: RemovalEventOf<'removalRequested'>): RemovalEvent => {
  const { batch: _, ...data } = requested.data
  return { ...requested, data }
}

/** Forgets the batch of whatever is submitted. */
export const forgetsBatches = (): Alterations => ({
  ...unaltered,
  store: store => ({
    ...store,
    removalRequests: {
      ...store.removalRequests,
      submit: submission =>
        store.removalRequests.submit({
          ...submission,
          events: submission.events.map(happened =>
            happened.type === 'removalRequested' ? withoutBatch(happened) : happened,
          ),
        }),
    },
  }),
})

/** Finds nobody in a batch. */
export const findsNobodyInABatch = (): Alterations =>
  batches(() => ({ requestFor: () => async () => E.right(O.none) }))
