import * as E from 'fp-ts/lib/Either.js'
import { type UsageMistake, usageMistake } from '../refusal.js'

/** Which column holds the ids: one of a name, one at a position from 1, or whichever it seems to be. */
export type ColumnChoice =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'at'; readonly position: number }
  | null

/** Where the ids are, and whether the first record is one of them. */
export interface ColumnFound {
  readonly index: number
  readonly hasHeader: boolean
}

/** Names that a column of ids goes by, in lower case, the best first. */
const usualNames = ['userid', 'id', 'objectid', 'userprincipalname', 'upn']

/** @param text what was given to `--column`. */
export const readColumn = (text: string | undefined): ColumnChoice => {
  if (text === undefined) return null
  return /^[1-9]\d{0,3}$/.test(text)
    ? { kind: 'at', position: Number(text) }
    : { kind: 'named', name: text.trim().toLowerCase() }
}

/** Finds the column of ids by the first record of a file. */
export const findColumn = (
  choice: ColumnChoice,
  first: ReadonlyArray<string>,
): E.Either<UsageMistake, ColumnFound> => {
  const names = first.map(cell => cell.trim().toLowerCase())
  switch (choice?.kind) {
    case 'named': {
      const index = names.indexOf(choice.name)
      return index === -1
        ? E.left(usageMistake(`--column: the first line of the file has no column of that name.`))
        : E.right({ index, hasHeader: true })
    }
    case 'at':
      return choice.position > first.length
        ? E.left(usageMistake(`--column: the first line of the file has ${first.length} columns.`))
        : E.right({ index: choice.position - 1, hasHeader: isHeading(first[choice.position - 1]) })
    case undefined: {
      const named = usualNames.map(name => names.indexOf(name)).find(index => index !== -1)
      if (named !== undefined) return E.right({ index: named, hasHeader: true })
      return first.length === 1 || !isHeading(first[0])
        ? E.right({ index: 0, hasHeader: isHeading(first[0]) })
        : E.left(
            usageMistake(
              `Which column holds the ids? Say so with --column, by name or by position (${first.length} columns).`,
            ),
          )
    }
  }
}

/** A word is no id that was mistyped: whatever else stands there is looked at like any other row. */
const isHeading = (cell: string | undefined): boolean => /^\p{L}[\p{L} _]*$/u.test((cell ?? '').trim())
