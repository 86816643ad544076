import { sha256Digest } from '@lethe/adapter-system'
import type { StoredHistory } from '@lethe/application'
import { elementAt, rightOf } from '@lethe/application/testing'
import { addSeconds, readEvent, seal, type SealedEvent } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Alterations } from '../../src/alterations.js'
import { requests } from './broken-stores.js'

/** Breaks the histories that a store gives out, once there is something to break. */
const histories = (alter: (sound: StoredHistory) => StoredHistory): Alterations =>
  requests(sound => ({
    history: (tenantId, id) => async () => {
      const found = await sound.history(tenantId, id)()
      return E.isLeft(found)
        ? found
        : E.right(
            O.map((history: StoredHistory) => (history.events.length > 2 ? alter(history) : history))(
              found.right,
            ),
          )
    },
  }))

const laterBy = (seconds: number, { envelope, hash }: SealedEvent): SealedEvent => ({
  hash,
  envelope: { ...envelope, at: addSeconds(envelope.at, seconds) },
})

/** Changes when something happened. */
export const altersAnEvent = (): Alterations =>
  histories(({ events, ...rest }) => ({
    ...rest,
    events: events.map((event, index) => (index === 1 ? laterBy(1, event) : event)),
  }))

/** Leaves out the last event, but not the end of the chain that is stored apart. */
export const cutsTheTail = (): Alterations =>
  histories(({ events, ...rest }) => ({ ...rest, events: events.slice(0, -1) }))

/** Writes the whole history anew, so that its chain is whole. */
export const rewritesHistory = (): Alterations =>
  histories(history => {
    const events = history.events.map(event => rightOf(readEvent(laterBy(1, event).envelope)))
    const rewritten = seal(sha256Digest.envelope)(null, events)
    const { envelope, hash } = elementAt(rewritten, -1)
    return { ...history, events: rewritten, head: { sequence: envelope.sequence, hash } }
  })
