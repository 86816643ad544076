import type { Actor, ResolvedSubject } from '@lethe/application'
import type { ActorReference, SubjectCommitment } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
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

/** A worker that takes somebody else for the person of a request. */
export const mixesUpPeople = (): Alterations => ({
  ...unaltered,
  worker: deps => ({ ...deps, findPerson: () => async () => E.right(freshIds.userId()) }),
})

/** A worker that cannot find out whom a request is about. */
export const forgetsPeople = (): Alterations => ({
  ...unaltered,
  worker: deps => ({ ...deps, findPerson: () => async () => E.right(null) }),
})

/** A store that names somebody else for the person who is looked up, for every request. */
export const namesSomebodyElse = (): Alterations => ({
  ...unaltered,
  store: store => ({
    ...store,
    subjects: {
      ...store.subjects,
      resolve: (tenantId, commitments) =>
        TE.map(
          (found: ReadonlyMap<SubjectCommitment, ResolvedSubject>) =>
            new Map([...found].map(([of, subject]) => [of, { ...subject, userId: freshIds.userId() }])),
        )(store.subjects.resolve(tenantId, commitments)),
    },
  }),
})
