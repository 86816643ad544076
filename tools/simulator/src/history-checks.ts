import { isDeepStrictEqual } from 'node:util'
import type { StoredHistory } from '@lethe/application'
import {
  type EnvelopeDigest,
  evolve,
  readEvent,
  type RemovalEvent,
  type RemovalRequest,
  verifyChain,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Invariant, Violation } from './invariants.js'
import type { KnownRequest } from './known-requests.js'
import { isLifecycleStep } from './lifecycle.js'

/** What a request and its history come to, as far as they are sound. */
export interface SoundHistory {
  readonly events: ReadonlyArray<RemovalEvent>
  readonly states: ReadonlyArray<RemovalRequest>
}

/**
 * Checks a stored history by itself, against the request that is loaded, and against what was known of it before.
 *
 * @param before what was known, which need not be checked again; null for a request that is seen for the first time, and to
 *   check all of it anew.
 */
export const checkHistory =
  (digest: EnvelopeDigest) =>
  (
    before: KnownRequest | null,
    loaded: RemovalRequest,
    history: StoredHistory,
  ): E.Either<Violation, SoundHistory> => {
    const known = before?.hashes.length ?? 0
    if (before !== null && loaded.version < before.request.version)
      return violated('versionNeverGoesBack', `version ${loaded.version} after ${before.request.version}`)
    const chain = verifyChain(digest)(
      { tenantId: loaded.tenantId, requestId: loaded.id },
      history.head,
      history.events,
    )
    if (E.isLeft(chain))
      return violated('chainVerifies', `${chain.left.reason} at event ${chain.left.position}`)
    const changed = before?.hashes.findIndex((hash, index) => history.events[index]?.hash !== hash) ?? -1
    if (changed >= 0) return violated('historyOnlyGrows', `event ${changed + 1} is gone, or another`)
    const added: Array<RemovalEvent> = []
    for (const { envelope } of history.events.slice(known)) {
      const event = readEvent(envelope)
      if (E.isLeft(event)) return violated('chainVerifies', `event ${event.left.sequence} cannot be read`)
      added.push(event.right)
    }
    return checkReplay(before, loaded, [...(before?.events ?? []), ...added])
  }

const checkReplay = (
  before: KnownRequest | null,
  loaded: RemovalRequest,
  events: ReadonlyArray<RemovalEvent>,
): E.Either<Violation, SoundHistory> => {
  const states = [...(before?.states ?? [])]
  for (const happened of events.slice(states.length)) {
    const from = states.at(-1) ?? null
    const to = evolve(from, happened)
    if (to === null || to === from || !isLifecycleStep(from?.state ?? null, happened.type, to.state))
      return violated(
        'lifecycle',
        `${happened.type} takes ${from?.state ?? 'nothing'} to ${to?.state ?? 'nothing'}`,
      )
    states.push(to)
  }
  // The fold of all events, where nothing was known before; else it goes on from the fold of those that were.
  const folded = states.at(-1)
  if (folded === undefined) return violated('replayEqualsLoad', 'there are no events')
  return isSame(folded, loaded)
    ? E.right({ events, states })
    : violated(
        'replayEqualsLoad',
        `loaded is ${JSON.stringify(loaded)}, its events fold to ${JSON.stringify(folded)}`,
      )
}

/** Whether two requests are the same in everything. Comparing their text is faster, where it is the same. */
export const isSame = (one: RemovalRequest, other: RemovalRequest): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other) || isDeepStrictEqual(one, other)

const violated = (invariant: Invariant, saw: string): E.Either<Violation, never> => E.left({ invariant, saw })
