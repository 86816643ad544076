import { hashOf } from '@lethe/adapter-system'
import { Hash, NoteReference, PositiveInteger, SealedEvent } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'

/**
 * One entry of the file: what was recorded together, and the hash of the entry before. The events are chained among
 * themselves, removal by removal, as the domain does it; the entries are chained through the whole file, so that no removal
 * can be left out of it.
 */
export const Line = t.strict(
  {
    /** 1 for the first. */
    position: PositiveInteger,
    previousHash: t.union([Hash, t.null]),
    /** The reason that somebody gave, which is kept apart. */
    note: t.union([NoteReference, t.null]),
    events: t.readonlyArray(SealedEvent),
    hash: Hash,
  },
  'Line',
)
export type Line = t.TypeOf<typeof Line>

/** Where the file ends. Kept apart from it, it shows a tail that was cut off. */
export const Head = t.strict({ position: PositiveInteger, hash: Hash }, 'Head')
export type Head = t.TypeOf<typeof Head>

/** Ties an entry to the one before. */
export const nextLine = (
  before: Head | null,
  events: ReadonlyArray<SealedEvent>,
  note: NoteReference | null,
): Line => {
  const content = {
    position: (before?.position ?? 0) + 1,
    previousHash: before?.hash ?? null,
    note,
    events,
  }
  return { ...content, hash: hashOf(content) }
}

/** @returns the entry; null where the text is none, or where its hash is not that of all that it says. */
export const readLine = (text: string): { readonly line: Line; readonly unchanged: boolean } | null =>
  pipe(
    E.tryCatch(
      (): unknown => JSON.parse(text),
      () => null,
    ),
    E.flatMap(json => t.UnknownRecord.decode(json)),
    E.flatMap(({ hash, ...content }) =>
      pipe(
        Line.decode({ ...content, hash }),
        // The hash covers what was read, and not only what is understood: nothing can be added unseen.
        E.map(line => ({ line, unchanged: hashOf(content) === line.hash })),
      ),
    ),
    E.match(
      () => null,
      read => read,
    ),
  )

export const headOf = (lines: ReadonlyArray<Line>): Head | null => {
  const last = lines.at(-1)
  return last === undefined ? null : { position: last.position, hash: last.hash }
}
