import type { InboundSharedUserProfile, ProfileCondition, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as O from 'fp-ts/lib/Option.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraphRefusal } from '../refusal.js'
import type { GraphTenant } from './open-tenant.js'

const largestPage = 999
const mostRepeats = 3
const longestWaitSeconds = 30

/** Reads one profile; none where Graph has no such profile. */
export const readProfile =
  (tenant: GraphTenant) =>
  (userId: UserId): TE.TaskEither<GraphRefusal, O.Option<InboundSharedUserProfile>> =>
  async () => {
    const found = await tenant.profiles.get(tenant.tenantId, userId)()
    return E.isLeft(found) ? E.left(tenant.problem(found.left.retryAfterSeconds)) : found
  }

/**
 * Reads profiles page by page. Each page is handed on before the next one is asked for. A page that Graph asks to wait for is
 * asked for again: three times at most, and after 30 s in all.
 *
 * @param limit at most so many; null for all.
 * @param sleep waits so many milliseconds, or less where it is interrupted.
 */
export const readProfiles =
  (tenant: GraphTenant, sleep: (milliseconds: number) => Promise<void>) =>
  (conditions: ReadonlyArray<ProfileCondition>, limit: number | null) =>
  <R>(
    handOn: (profiles: ReadonlyArray<InboundSharedUserProfile>) => TE.TaskEither<R, void>,
  ): TE.TaskEither<GraphRefusal | R, void> =>
  async () => {
    let left = limit ?? Number.POSITIVE_INFINITY
    let after: string | null = null
    for (let repeats = 0, waited = 0; ;) {
      const size = Math.min(left, largestPage)
      const page = await tenant.profiles.list(tenant.tenantId, conditions, { size, after })()
      if (E.isRight(page)) {
        const handed = await handOn(page.right.items)()
        if (E.isLeft(handed)) return handed
        left -= page.right.items.length
        after = page.right.next
        if (left <= 0 || after === null) return E.right(undefined)
        repeats = 0
        continue
      }
      const wait = page.left._tag === 'Throttled' ? page.left.retryAfterSeconds : null
      if (wait === null || repeats === mostRepeats || waited + wait > longestWaitSeconds)
        return E.left(tenant.problem(wait))
      repeats += 1
      waited += wait
      await sleep(wait * 1000)
    }
  }
