import type { RemovalRequest, StoredRequest } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/** Runs what must succeed. */
export const succeed = async <A>(task: TaskEither<unknown, A>): Promise<A> => rightOf(await task())

/** Runs what must be refused. */
export const refuse = async <R>(task: TaskEither<R, unknown>): Promise<R> => {
  const outcome = await task()
  if (E.isRight(outcome)) throw new Error('Expected a refusal, and it succeeded')
  return outcome.left
}

/** The value of what must be a success. */
export const rightOf = <A>(outcome: E.Either<unknown, A>): A => {
  if (E.isLeft(outcome)) throw new Error(`Expected a success, got ${JSON.stringify(outcome.left)}`)
  return outcome.right
}

/** The value of what must be there. */
export const someOf = <A>(found: O.Option<A>): A => {
  if (O.isNone(found)) throw new Error('Expected something, found nothing')
  return found.value
}

/** A request that must be readable. */
export const readable = (stored: StoredRequest): RemovalRequest => {
  if (stored.state === 'unreadable') throw new Error(`Expected a request that can be read: ${stored.reason}`)
  return stored
}

/** A value that must be of a codec's type. */
export const decoded = <A>(
  codec: { readonly decode: (u: unknown) => E.Either<unknown, A> },
  u: unknown,
): A => {
  const outcome = codec.decode(u)
  if (E.isLeft(outcome)) throw new Error('Expected a value that fits its codec')
  return outcome.right
}

/** An element that must be there. */
export const elementAt = <A>(list: ReadonlyArray<A>, index: number): A => {
  const element = list.at(index)
  if (element === undefined) throw new Error(`Expected an element at ${index} of ${list.length}`)
  return element
}

/** The numbers from 1 on, so many. */
export const upTo = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, n) => n + 1)
