import type { RemovalRequest } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { StandaloneRefusal } from '../refusal.js'
import { beginRemoval } from './begin-removal.js'
import { endingOf } from './ending.js'
import { type Patience, perform } from './perform.js'
import type { PreparedRemoval, RemovalDeps } from './prepare-removal.js'

/** How a removal stands when the work on it is over for now. */
export interface RemovalStand {
  readonly request: RemovalRequest
  /** Why it did not end as verified; null where it did. */
  readonly refusal: StandaloneRefusal | null
}

/**
 * Removes what was prepared, with nobody's approval. Each step is in the history before the next; an interruption gives up the
 * call that is under way, and records that nobody knows how it ended.
 *
 * @param reason as the operator gave it.
 */
export const removePrepared = async (
  deps: RemovalDeps,
  prepared: PreparedRemoval,
  reason: string,
  patience: Patience,
): Promise<E.Either<StandaloneRefusal, RemovalStand>> => {
  const begun = await beginRemoval(deps, prepared, reason)
  if (E.isLeft(begun)) return begun
  const { interrupted, seconds } = patience
  const performed = await perform(deps, begun.right, prepared.userId, patience)
  if (E.isLeft(performed)) return performed
  const request = performed.right
  if (request === null) return E.left({ _tag: 'GraphRemovalInterrupted' })
  const ending = endingOf(request, seconds, begun.right.lastReadBack(), deps.clock.now())
  const isCut = interrupted.aborted && 'job' in request
  return E.right({ request, refusal: isCut ? { _tag: 'GraphRemovalInterrupted' } : ending })
}
