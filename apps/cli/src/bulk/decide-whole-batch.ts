import type { BatchDecisionResource } from '@lethe/api-contract'
import type { BatchId, RemovalRequestId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { ClientRefusal } from '../refusal.js'
import type { BatchDecided } from '../resources/batch.js'
import type { Session } from '../session.js'
import { progressOf } from './progress.js'

/** What was decided, and what ended it before its end; null where nothing did. */
export interface DecidedSoFar {
  readonly decided: BatchDecided
  readonly refusal: ClientRefusal | null
}

/**
 * Decides a batch part by part, until the server says that it came to the end.
 *
 * @param decide does a part, from the given request on.
 * @param total how many requests wait to be decided.
 */
export const decideWholeBatch = async (
  { io, during }: Pick<Session, 'io' | 'during'>,
  id: BatchId,
  total: number,
  decide: (after: RemovalRequestId | null) => TE.TaskEither<ClientRefusal, BatchDecisionResource>,
): Promise<DecidedSoFar> => {
  const progress = progressOf(total, 0, io.now)
  const refused = new Map<string, number>()
  let decided = 0
  const made = (): BatchDecided => ({
    id,
    decided,
    refused: [...refused].map(([reason, count]) => ({ reason, count })),
  })
  return during(progress.line, async () => {
    let after: RemovalRequestId | null = null
    do {
      const part: E.Either<ClientRefusal, BatchDecisionResource> = await decide(after)()
      if (E.isLeft(part)) return { decided: made(), refusal: part.left }
      decided += part.right.decided
      for (const { reason, count } of part.right.refused)
        refused.set(reason, (refused.get(reason) ?? 0) + count)
      after = part.right.next
      progress.advance(part.right.decided)
    } while (after !== null)
    return { decided: made(), refusal: null }
  })
}
