import * as O from 'fp-ts/lib/Option.js'

/** The source of a pattern for an OData string literal, for use inside a larger one. */
export const literalPattern = "'[^']*(?:''[^']*)*'"

const wholeLiteral = new RegExp(`^${literalPattern}$`)

/** Writes a string literal of OData: in single quotes, with a quote inside doubled (OData 4.0 ABNF, `string`). */
export const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** @returns the text of a string literal of OData; none where it is no such literal. */
export const unquoteLiteral = (literal: string): O.Option<string> =>
  wholeLiteral.test(literal) ? O.some(literal.slice(1, -1).replaceAll("''", "'")) : O.none
