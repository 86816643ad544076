import { sha256Digest } from '@lethe/adapter-system'
import type { Append, NoteRecord, RemovalRequests } from '@lethe/application'
import {
  type ChainHead,
  evolve,
  type ReadBackResult,
  type RemovalEvent,
  type RemovalRequest,
  seal,
  type SealedEvent,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { OpenHistory } from '../history/open-history.js'
import type { HistoryRefusal } from '../refusal.js'

/** The store of a single removal: each change is in the history before anybody learns of it. */
export interface OneRemoval {
  readonly requests: Pick<RemovalRequests, 'load' | 'append'>
  /** As it is now; null before its first event. */
  readonly current: () => RemovalRequest | null
  /** Records events that the domain decided on the current state. */
  readonly record: (
    events: ReadonlyArray<RemovalEvent>,
    note: NoteRecord['reference'] | null,
  ) => Promise<E.Either<HistoryRefusal, void>>
  /** What was seen when the profile was last read back, by this process; null where it was not. */
  readonly lastReadBack: () => ReadBackResult | null
  /** Why an append was refused as unavailable; null where none was. */
  readonly problem: () => HistoryRefusal | null
}

/** @param begun what the history has of the removal; empty for a new one. */
export const oneRemoval = (
  history: OpenHistory,
  begun: { readonly request: RemovalRequest | null; readonly events: ReadonlyArray<SealedEvent> },
): OneRemoval => {
  let request = begun.request
  let head = headOf(begun.events)
  let problem: HistoryRefusal | null = null
  let lastReadBack: ReadBackResult | null = null

  const record: OneRemoval['record'] = async (events, note) => {
    const sealed = seal(sha256Digest.envelope)(head, events)
    const written = await history.append(sealed, note)
    if (E.isLeft(written)) {
      problem = written.left
      return written
    }
    request = events.reduce<RemovalRequest | null>(evolve, request)
    head = headOf(sealed) ?? head
    for (const event of events) {
      if (event.type === 'readBackRecorded') lastReadBack = event.data.result
      if (event.type === 'absenceSeen') lastReadBack = 'absent'
    }
    return E.right(undefined)
  }

  const append =
    ({ requestId, expectedVersion, events }: Append) =>
    async () => {
      if (request?.id !== requestId || request.version !== expectedVersion)
        return E.left({ _tag: 'VersionConflict' } as const)
      const written = await record(events, null)
      return E.isLeft(written) || request === null
        ? E.left({ _tag: 'Unavailable', retryAfterSeconds: 1 } as const)
        : E.right(request)
    }

  return {
    requests: {
      load: (_tenantId, id) => TE.fromIO(() => (request?.id === id ? O.some(request) : O.none)),
      append,
    },
    current: () => request,
    record,
    lastReadBack: () => lastReadBack,
    problem: () => problem,
  }
}

const headOf = (events: ReadonlyArray<SealedEvent>): ChainHead | null => {
  const last = events.at(-1)
  return last === undefined ? null : { sequence: last.envelope.sequence, hash: last.hash }
}
