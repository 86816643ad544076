import type { RemovalRequests } from '@lethe/application'
import {
  evolve,
  type RemovalRequest,
  type RemovalRequestId,
  replay,
  type StoredRequest,
  type TenantId,
  type UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { freshIds } from '../fresh-ids.js'
import { type Alterations, unaltered } from '../../src/alterations.js'
import { readable } from '../../src/made.js'

/** Breaks the requests of a store, and leaves all else as it is. */
export const requests = (alter: (sound: RemovalRequests) => Partial<RemovalRequests>): Alterations => ({
  ...unaltered,
  store: store => ({
    ...store,
    removalRequests: { ...store.removalRequests, ...alter(store.removalRequests) },
  }),
})

/** Says that it has recorded what it has not. */
export const losesSubmissions = (): Alterations => {
  let submissions = 0
  return requests(({ submit }) => ({
    submit: submission => {
      submissions += 1
      const request = replay(submission.events)
      return submissions % 2 === 1 || E.isLeft(request)
        ? submit(submission)
        : async () => E.right({ joined: false, request: request.right })
    },
  }))
}

/** Forgets a request after a while. */
export const forgetsRequests = (): Alterations => {
  const loads = new Map<RemovalRequestId, number>()
  const isGone = (id: RemovalRequestId): boolean => (loads.get(id) ?? 0) > 6
  return requests(({ load, list, history }) => ({
    load: (tenantId, id) => async () => {
      loads.set(id, (loads.get(id) ?? 0) + 1)
      return isGone(id) ? E.right(O.none) : load(tenantId, id)()
    },
    history: (tenantId, id) => async () => (isGone(id) ? E.right(O.none) : history(tenantId, id)()),
    list: (tenantId, filter, page) => async () => {
      const found = await list(tenantId, filter, page)()
      return E.isLeft(found)
        ? found
        : E.right({ ...found.right, items: found.right.items.filter(({ id }) => !isGone(id)) })
    },
  }))
}

/** Takes what was decided on an older version, and puts it where there is room. */
export const takesStaleAppends = (): Alterations =>
  requests(({ append, load }) => ({
    append: asked => async () => {
      const loaded = await load(asked.tenantId, asked.requestId)()
      if (E.isLeft(loaded) || O.isNone(loaded.right)) return append(asked)()
      const { version } = readable(loaded.right.value)
      const events = asked.events.map((happened, index) => ({ ...happened, sequence: version + 1 + index }))
      try {
        return await append({ ...asked, expectedVersion: version, events })()
      } catch {
        return E.left({ _tag: 'VersionConflict' })
      }
    },
  }))

/** Says that it has appended what it has not. */
export const losesAppends = (): Alterations =>
  requests(({ append, load }) => ({
    append: asked => async () => {
      const loaded = await load(asked.tenantId, asked.requestId)()
      if (asked.actor === null || E.isLeft(loaded) || O.isNone(loaded.right)) return append(asked)()
      const request = readable(loaded.right.value)
      const next = asked.events.reduce<RemovalRequest | null>(evolve, request)
      const isCurrent = request.version === asked.expectedVersion
      return next === null || !isCurrent ? append(asked)() : E.right(next)
    },
  }))

/** Lets a second request for a profile in beside the first: it is put down as one about somebody else. */
export const letsASecondRequestIn = (): Alterations =>
  requests(({ submit }) => ({
    submit: submission => async () => {
      const answer = await submit(submission)()
      if (E.isLeft(answer) || !answer.right.joined) return answer
      const subject = { ...submission.subject, userId: freshIds.userId() }
      return submit({ ...submission, subject })()
    },
  }))

/** Finds no open request for anybody. */
export const findsNoOpenRequest = (): Alterations =>
  requests(() => ({ openFor: () => async () => E.right(O.none) }))

/** Lets whoever asks for somebody a second time join the first request, whether it has ended or not. */
export const joinsWhatHasEnded = (): Alterations => {
  const first = new Map<UserId, RemovalRequestId>()
  return requests(({ submit, load }) => ({
    submit: submission => async () => {
      const { userId } = submission.subject
      const known = first.get(userId)
      first.set(userId, known ?? submission.requestId)
      if (known === undefined) return submit(submission)()
      const loaded = await load(submission.tenantId, known)()
      return E.isLeft(loaded) || O.isNone(loaded.right)
        ? submit(submission)()
        : E.right({ joined: true, request: loaded.right.value })
    },
  }))
}

/** Records that nobody has to approve. */
export const changesPolicies = (): Alterations =>
  requests(({ submit }) => ({
    submit: submission =>
      submit({
        ...submission,
        events: submission.events.map(happened =>
          happened.type === 'removalRequested'
            ? { ...happened, data: { ...happened.data, policy: { mode: 'automatic' } } }
            : happened,
        ),
      }),
  }))

/** Answers every now and then with what a request was at first. */
export const loadsOldVersions = (): Alterations => {
  const first = new Map<RemovalRequestId, RemovalRequest>()
  let loads = 0
  return requests(({ load }) => ({
    load: (tenantId, id) => async () => {
      const loaded = await load(tenantId, id)()
      if (E.isLeft(loaded) || O.isNone(loaded.right)) return loaded
      const request = readable(loaded.right.value)
      const old = first.get(id) ?? request
      first.set(id, old)
      loads += 1
      return loads % 3 === 0 && request.version > 2 ? E.right(O.some(old)) : loaded
    },
  }))
}

/** Shows everybody everything. */
export const mixesTenants = (): Alterations => {
  const homes = new Map<RemovalRequestId, TenantId>()
  return requests(({ submit, load }) => ({
    submit: submission => {
      homes.set(submission.requestId, submission.tenantId)
      return submit(submission)
    },
    load: (tenantId, id) => load(homes.get(id) ?? tenantId, id),
  }))
}

/** Leaves requests out of lists once something has happened to them. */
export const listsTooFew = (): Alterations =>
  requests(({ list }) => ({
    list: (tenantId, filter, page) => async () => {
      const found = await list(tenantId, filter, page)()
      return E.isLeft(found)
        ? found
        : E.right({ ...found.right, items: found.right.items.filter(item => readable(item).version < 3) })
    },
  }))

/** Finds nothing that expires. */
export const neverExpires = (): Alterations => requests(() => ({ expiring: () => async () => E.right([]) }))

/** Says that a request is due at once, whatever its events say. */
export const changesWhatIsLoaded = (): Alterations => {
  const changed = (stored: StoredRequest): RemovalRequest => {
    const request = readable(stored)
    return { ...request, dueAt: request.submittedAt }
  }
  return requests(({ load, list }) => ({
    load: (tenantId, id) => async () => {
      const loaded = await load(tenantId, id)()
      return E.isLeft(loaded) ? loaded : E.right(O.map(changed)(loaded.right))
    },
    list: (tenantId, filter, page) => async () => {
      const found = await list(tenantId, filter, page)()
      return E.isLeft(found) ? found : E.right({ ...found.right, items: found.right.items.map(changed) })
    },
  }))
}

/** Breaks down every now and then. */
export const throwsNowAndThen = (): Alterations => {
  let appends = 0
  return requests(({ append }) => ({
    append: asked => async () => {
      appends += 1
      if (appends % 5 === 0) throw new Error('The disk is full')
      return append(asked)()
    },
  }))
}
