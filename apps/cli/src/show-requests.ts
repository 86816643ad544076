import type { RemovalRequestResource } from '@lethe/api-contract'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Output } from './output.js'
import type { Concerning, Refusal, SingleRefusal } from './refusal.js'
import { removalRequestResource } from './resources/removal-request.js'

/**
 * Shows what became of several requests, and then refuses where something was refused.
 *
 * @param asked for how many things the operator asked: one is shown by itself, more as a list.
 */
export const showRequests =
  (
    output: Output,
    asked: number,
    requests: ReadonlyArray<RemovalRequestResource>,
    refusals: ReadonlyArray<Concerning>,
  ): TE.TaskEither<Refusal, void> =>
  async () => {
    const isShown = await shown(output, asked, requests)()
    const outcome = outcomeOf(asked, refusals)
    // What was refused counts for more than whether anybody reads of the rest.
    return E.isLeft(outcome) ? outcome : isShown
  }

const shown = (
  output: Output,
  asked: number,
  requests: ReadonlyArray<RemovalRequestResource>,
): TE.TaskEither<SingleRefusal, void> => {
  const [first] = requests
  if (first === undefined) return TE.right(undefined)
  if (asked === 1) return output.one(removalRequestResource, first)
  const list = output.list(removalRequestResource)
  return pipe(
    list.add(requests),
    TE.flatMap(() => list.end()),
  )
}

const outcomeOf = (asked: number, refusals: ReadonlyArray<Concerning>): E.Either<Refusal, void> => {
  const [first] = refusals
  if (first === undefined) return E.right(undefined)
  return E.left(asked === 1 ? first.refusal : { _tag: 'SeveralRefused', refusals })
}
