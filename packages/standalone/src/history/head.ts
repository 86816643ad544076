import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { HistoryRefusal } from '../refusal.js'
import { readPrivate, replacePrivate } from './files.js'
import { Head } from './line.js'
import type { HistoryPlace } from './state-folder.js'

/** The end of a history as it was stored apart. */
export type StoredHead =
  | { readonly kind: 'none'; readonly text: null }
  | { readonly kind: 'unreadable'; readonly text: string }
  | { readonly kind: 'head'; readonly text: string; readonly head: Head }

export const readHead = async (place: HistoryPlace): Promise<E.Either<HistoryRefusal, StoredHead>> =>
  pipe(await readPrivate(place.head), E.map(storedHead))

const storedHead = (text: string | null): StoredHead =>
  text === null
    ? { kind: 'none', text }
    : pipe(
        E.tryCatch(
          (): unknown => JSON.parse(text),
          () => null,
        ),
        E.flatMap(json => Head.decode(json)),
        E.match(
          (): StoredHead => ({ kind: 'unreadable', text }),
          head => ({ kind: 'head', text, head }),
        ),
      )

export const storeHead = (place: HistoryPlace, head: Head): Promise<E.Either<HistoryRefusal, void>> =>
  replacePrivate(place.head, JSON.stringify(Head.encode(head)))
