import type { SealedSignIn, SealedSignIns, Unavailable } from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'

/** Sealed sign-ins in memory, open to the tests, that can be down. */
export interface MemorySignIns extends SealedSignIns {
  readonly rows: Map<string, SealedSignIn>
  readonly goDown: () => void
}

export const memorySignIns = (): MemorySignIns => {
  const rows = new Map<string, SealedSignIn>()
  let isDown = false
  const answer =
    <A>(ask: () => A): TE.TaskEither<Unavailable, A> =>
    () =>
      Promise.resolve(isDown ? E.left({ _tag: 'Unavailable', retryAfterSeconds: 7 }) : E.right(ask()))
  return {
    rows,
    goDown: () => {
      isDown = true
    },
    put: (tenantId, requestId, signIn) =>
      answer(() => {
        rows.set(`${tenantId} ${requestId}`, signIn)
      }),
    find: (tenantId, requestId) => answer(() => O.fromNullable(rows.get(`${tenantId} ${requestId}`))),
    erase: (tenantId, requestId) =>
      answer(() => {
        rows.delete(`${tenantId} ${requestId}`)
      }),
    eraseKeptBefore: (tenantId, before) =>
      answer(() => {
        const old = [...rows].filter(([key, { keptAt }]) => key.startsWith(tenantId) && keptAt < before)
        for (const [key] of old) rows.delete(key)
        return old.length
      }),
  }
}
