import { compile, search } from '@jmespath-community/jmespath'
import * as E from 'fp-ts/lib/Either.js'
import type { Json } from './json.js'
import { type UsageMistake, usageMistake } from './refusal.js'

/** What `--query` makes of a result. */
export type Query = (result: Json) => E.Either<UsageMistake, Json>

/**
 * Reads a JMESPath expression. What can be seen to be wrong is refused here, before anything is sent; a function that
 * does not fit the result, only with the result.
 */
export const parseQuery = (expression: string): E.Either<UsageMistake, Query> =>
  E.tryCatch(() => {
    compile(expression)
    return result => E.tryCatch(() => search(result, expression), mistakeOf)
  }, mistakeOf)

const mistakeOf = (error: unknown): UsageMistake =>
  usageMistake(
    `--query is not a JMESPath expression for this: ${error instanceof Error ? error.message : 'error'}`,
  )
