import type { Actors, Digest, FindPerson, Identifiers, Notes, Subjects, Unavailable } from '../src/index.js'
import type { RemovalRequest } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { decoded } from '../src/testing/index.js'
import { commitment, guid, referenceOf, salt } from './making.js'
import { NoteReference, RemovalRequestId } from '@lethe/domain'

export const down: Unavailable = { _tag: 'Unavailable', retryAfterSeconds: 7 }
/** A port that is down, and can be asked with whatever it takes. */
export const unavailable = () => TE.left(down)

/** A call that a test does not expect. */
export const unexpected = (): never => {
  throw new Error('This port was not to be called')
}

/** Everybody is unknown, and nobody has acted. */
export const nobody: {
  readonly subjects: Pick<Subjects, 'resolve'>
  readonly actors: Pick<Actors, 'resolve' | 'referenceOf'>
  readonly notes: Pick<Notes, 'resolve'>
  readonly digest: Pick<Digest, 'commitment'>
  readonly findPerson: FindPerson
} = {
  subjects: { resolve: () => TE.right(new Map()) },
  actors: { resolve: () => TE.right(new Map()), referenceOf: () => TE.right(O.none) },
  notes: { resolve: () => TE.right(new Map()) },
  digest: { commitment: () => commitment },
  findPerson: () => TE.right(null),
}

/** Identifiers that count up. */
export const counting = (): Identifiers => {
  let n = 1000
  const next = () => {
    n += 1
    return n
  }
  return {
    requestId: () => decoded(RemovalRequestId, guid(next())),
    actorReference: () => referenceOf(next()),
    noteReference: () => decoded(NoteReference, guid(next())),
    salt: () => salt,
  }
}

/** Loads the one request after the other, and the last one from then on. */
export const loading = (...requests: ReadonlyArray<RemovalRequest>) => {
  let loads = 0
  return {
    loads: () => loads,
    load: () => {
      const request = requests[Math.min(loads, requests.length - 1)]
      loads += 1
      return TE.right<Unavailable, O.Option<RemovalRequest>>(O.fromNullable(request))
    },
  }
}
