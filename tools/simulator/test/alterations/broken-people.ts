import type { Actor, PerformRemovalDeps } from '@lethe/application'
import type { ActorReference } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { freshIds } from '../fresh-ids.js'
import { type Alterations, unaltered } from '../../src/alterations.js'

/** Knows nobody again who has acted before: whoever comes back is taken for somebody else. */
export const knowsNobodyAgain = (): Alterations => {
  const actors = new Map<ActorReference, Actor>()
  return {
    ...unaltered,
    store: store => ({
      ...store,
      removalRequests: {
        ...store.removalRequests,
        append: asked => {
          if (asked.actor !== null) actors.set(asked.actor.reference, asked.actor.actor)
          return store.removalRequests.append({ ...asked, actor: null })
        },
      },
      actors: {
        ...store.actors,
        referenceOf: () => async () => E.right(O.none),
        resolve: (tenantId, references) => async () => {
          const found = await store.actors.resolve(tenantId, references)()
          const more = references.flatMap(reference => {
            const actor = actors.get(reference)
            return actor === undefined ? [] : [[reference, actor] as const]
          })
          return E.isLeft(found) ? found : E.right(new Map([...found.right, ...more]))
        },
      },
    }),
  }
}

type Resolve = PerformRemovalDeps['subjects']['resolve']

/** A worker that finds somebody else behind the commitment of a request. */
export const mixesUpPeople = (): Alterations => ({
  ...unaltered,
  worker: deps => {
    const resolve: Resolve = (tenantId, commitments) => async () => {
      const found = await deps.subjects.resolve(tenantId, commitments)()
      return E.isLeft(found)
        ? found
        : E.right(new Map([...found.right].map(([commitment]) => [commitment, freshIds.userId()])))
    }
    return { ...deps, subjects: { resolve } }
  },
})

/** A worker that cannot find out whom a request is about. */
export const forgetsPeople = (): Alterations => ({
  ...unaltered,
  worker: deps => ({ ...deps, subjects: { resolve: () => async () => E.right(new Map()) } }),
})
