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

/**
 * @returns the entry, and whether it is as it was written; null where the text is none. A text that no hash can be made of (a number beyond
 * all bounds, a nesting without end) is none.
 */
export const readLine = (text: string): { readonly line: Line; readonly unchanged: boolean } | null =>
  pipe(
    E.tryCatch(
      () => readJson(text),
      () => null,
    ),
    E.flatMap(({ json, hash, isAsWritten }) =>
      pipe(
        Line.decode(json),
        E.map(line => ({ line, unchanged: isAsWritten && hash === line.hash })),
      ),
    ),
    E.match(
      () => null,
      read => read,
    ),
  )

/**
 * The hash covers what was read, and not only what is understood. What JSON has no memory of, such as blanks and a name that is
 * there twice, nobody can add either: the text has to be the one that is written for its content.
 */
const readJson = (text: string) => {
  const json: unknown = JSON.parse(text)
  const { hash: _, ...content } = t.UnknownRecord.is(json) ? json : {}
  return { json, hash: hashOf(content), isAsWritten: JSON.stringify(json) === text }
}
