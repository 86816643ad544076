import * as t from 'io-ts'

interface NewerWordBrand {
  readonly NewerWord: unique symbol
}
/** A word of an answer that this version does not know, because the server is newer: shown as it is. */
export type NewerWord = t.Branded<string, NewerWordBrand>
const isNewerWord = (u: unknown): u is NewerWord => typeof u === 'string' && u !== ''

const NewerWord: t.Type<NewerWord, string, unknown> = new t.Type(
  'a word',
  isNewerWord,
  (u, context) => (isNewerWord(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
)

/**
 * A word of an answer, such as a state: one that is known, or one of a newer server. A client that does not know it still reads the
 * rest. What is sent to a server takes known words only.
 */
export const openWord = <A extends string>(known: t.Type<A, string, unknown>) => t.union([known, NewerWord])
