import { largestPage, type RemovalRequestResource } from '@lethe/api-contract'
import { isOpen, type RemovalRequestId, RemovalState } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { RequestFilter } from '../commands/request-filter.js'
import type { LetheApi } from '../lethe-api.js'
import type { SingleRefusal } from '../refusal.js'
import type { Memory, News } from './memory.js'

export interface LookDeps {
  readonly lethe: Pick<LetheApi, 'requests' | 'request'>
  readonly conditions: RequestFilter['conditions']
  readonly memory: Memory
  /** Told of each request that is new or changed. */
  readonly tell: (request: RemovalRequestResource, news: News) => TE.TaskEither<SingleRefusal, void>
}

type Looked<A> = TE.TaskEither<SingleRefusal, A>

const openStates = Object.keys(RemovalState.keys).filter(RemovalState.is).filter(isOpen)

/** Mostly there is nothing new: no need for much. */
const newestPage = 50

/**
 * One look at all requests that can have changed. What has ended never changes again, so these are
 *
 * 1. the newest, whatever their state, down to those that are known: one that came and ended between two looks is never
 *    seen open;
 * 2. all that are open;
 * 3. each that was open before and is not among them any more.
 *
 * @param isFirst whether it is the first one, to which nothing is known and nothing is new.
 * @returns the requests that are gone: the server does not know them any more.
 */
export const lookAround = (deps: LookDeps, isFirst: boolean): Looked<ReadonlyArray<RemovalRequestId>> => {
  deps.memory.beginLook()
  return pipe(
    lookAtNewest(deps, isFirst),
    TE.flatMap(() => lookAtOpen(deps)),
    TE.flatMap(() => lookAfterVanished(deps)),
  )
}

const enough = { _tag: 'Enough' } as const

const lookAtNewest = (deps: LookDeps, isFirst: boolean): Looked<void> => {
  const { lethe, conditions, memory } = deps
  // Fixed before the search, which finds what is newer.
  let known = memory.knownBefore()
  return pipe(
    lethe.requests(
      { ...conditions, $top: newestPage },
      null,
    )(requests => {
      const [newest] = requests
      if (newest !== undefined && newest.submittedDateTime !== null)
        memory.noticeNewest(newest.submittedDateTime)
      if (isFirst) known ??= memory.knownBefore()
      const young = requests.filter(
        ({ submittedDateTime: at }) => known === null || at === null || at >= known,
      )
      return pipe(
        takeIn(deps, young),
        TE.flatMap(() => (young.length < requests.length ? TE.left(enough) : TE.right(undefined))),
      )
    }),
    TE.orElse(refusal => (refusal._tag === 'Enough' ? TE.right(undefined) : TE.left(refusal))),
  )
}

const lookAtOpen = (deps: LookDeps): Looked<void> =>
  deps.lethe.requests(
    { ...deps.conditions, state: openStates, $top: largestPage },
    null,
  )(requests => takeIn(deps, requests))

const lookAfterVanished =
  (deps: LookDeps): Looked<ReadonlyArray<RemovalRequestId>> =>
  async () => {
    const gone: Array<RemovalRequestId> = []
    for (const id of deps.memory.vanished()) {
      const answer = await deps.lethe.request(id)()
      if (E.isLeft(answer) && answer.left._tag !== 'NotFound') return answer
      if (E.isLeft(answer)) {
        deps.memory.forget(id)
        gone.push(id)
        continue
      }
      const told = await takeIn(deps, [answer.right])()
      if (E.isLeft(told)) return told
    }
    return E.right(gone)
  }

const takeIn =
  ({ memory, tell }: LookDeps, requests: ReadonlyArray<RemovalRequestResource>): Looked<void> =>
  async () => {
    for (const request of requests) {
      const news = memory.notice(request)
      const told = news === null ? E.right(undefined) : await tell(request, news)()
      if (E.isLeft(told)) return told
    }
    return E.right(undefined)
  }
