import {
  type SealedSignIn,
  type SealedSignIns,
  signInKeptSeconds,
  type Unavailable,
} from '@lethe/application'
import { addSeconds, type Instant, type RemovalRequestId, type TenantId } from '@lethe/domain'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Belonging, open, seal } from './sealing.js'
import type { SealingKeys } from './sealing-keys.js'

/** What was kept for a request, still sealed. */
export interface Kept {
  readonly tenantId: TenantId
  readonly requestId: RemovalRequestId
  readonly signIn: SealedSignIn
}

/** Token caches of MSAL, sealed wherever they lie. */
export interface SignInSafe {
  /** In the place of what is kept for that request. */
  readonly keep: (belonging: Belonging, text: string) => TE.TaskEither<Unavailable, void>
  /** None where nothing is kept, or it is older than 24 hours. */
  readonly find: (
    tenantId: TenantId,
    requestId: RemovalRequestId,
  ) => TE.TaskEither<Unavailable, O.Option<Kept>>
  /** None where it cannot be opened. */
  readonly open: (kept: Kept) => O.Option<string>
  /** Puts another text in its place, as old as it was; unless it is gone or was replaced. @returns what lies there. */
  readonly replace: (kept: Kept, text: string) => TE.TaskEither<Unavailable, Kept>
  /** Erases it, unless it was replaced. */
  readonly discard: (kept: Kept) => TE.TaskEither<Unavailable, void>
  readonly erase: SealedSignIns['erase']
}

export const signInSafe = (stored: SealedSignIns, keys: SealingKeys, now: () => Instant): SignInSafe => {
  const oldest = (): Instant => addSeconds(now(), -signInKeptSeconds)

  /** The store has no compare-and-set: what falls between these two calls lasts 24 hours at most. */
  const whereUnchanged = <A>(
    { tenantId, requestId, signIn }: Kept,
    otherwise: A,
    change: TE.TaskEither<Unavailable, A>,
  ): TE.TaskEither<Unavailable, A> =>
    pipe(
      stored.find(tenantId, requestId),
      TE.flatMap(found =>
        O.isSome(found) && found.value.sealed === signIn.sealed ? change : TE.right(otherwise),
      ),
    )

  return {
    keep: (belonging, text) =>
      stored.put(belonging.tenantId, belonging.requestId, {
        actor: belonging.actor,
        keptAt: belonging.keptAt,
        sealed: seal(keys, belonging, text),
      }),
    find: (tenantId, requestId) =>
      pipe(
        stored.find(tenantId, requestId),
        TE.flatMap(found => {
          if (O.isNone(found)) return TE.right(O.none)
          return found.value.keptAt >= oldest()
            ? TE.right(O.some({ tenantId, requestId, signIn: found.value }))
            : pipe(
                stored.erase(tenantId, requestId),
                TE.map(() => O.none),
              )
        }),
      ),
    open: kept => open(keys, belongingOf(kept), kept.signIn.sealed),
    replace: (kept, text) => {
      const signIn = { ...kept.signIn, sealed: seal(keys, belongingOf(kept), text) }
      return whereUnchanged(
        kept,
        kept,
        pipe(
          stored.put(kept.tenantId, kept.requestId, signIn),
          TE.map((): Kept => ({ ...kept, signIn })),
        ),
      )
    },
    discard: kept => whereUnchanged(kept, undefined, stored.erase(kept.tenantId, kept.requestId)),
    erase: stored.erase,
  }
}

const belongingOf = ({ tenantId, requestId, signIn }: Kept): Belonging => ({
  tenantId,
  requestId,
  actor: signIn.actor,
  keptAt: signIn.keptAt,
})
