import type { Unavailable } from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { DatabaseError } from 'pg'

/** What may be told of a failure: its SQLSTATE, or the word of the system. Never its message, which may hold a row. */
export type OnProblem = (problem: { readonly code: string }) => void

/**
 * Classes of SQLSTATE that say nothing about what was asked, only that the database cannot do it now: connection,
 * authentication, transaction rollback, resources, lock not available, operator intervention, system error.
 */
const passing = /^(?:08|28|40|53|55P03|57|58|25006)/

/** After so many seconds it is worth asking again. */
const retryAfterSeconds = 1

/** Something that cannot be, unless this adapter has a bug or somebody changed the database by hand. Asking again is no use. */
export class Defect extends Error {
  override readonly name = 'Defect'
}

/**
 * Nothing was asked of the database: it is known not to answer, or too much waits for it already. What is refused so is not done
 * later.
 */
export class NotNow extends Error {
  override readonly name = 'NotNow'
  /** @param code why, as a word for the log. */
  constructor(readonly code: string) {
    super('Nothing is asked of the database now')
  }
}

/** The SQLSTATE of what is refused because the clock of this process is not that of the database: of `lethe.refuse_clock`. */
export const clockDiffers = 'LC001'

/**
 * Whether a failure lies with the database or the way to it, and not with what was asked of it. Errors of the driver that
 * are no `DatabaseError` are about the connection; those of JavaScript itself, and failed assertions, are bugs.
 */
export const isPassing = (error: unknown): error is Error =>
  error instanceof DatabaseError
    ? passing.test(error.code ?? '') || error.code === clockDiffers
    : error instanceof Error && !defects.has(error.name)

const defects = new Set(['Defect', 'TypeError', 'RangeError', 'SyntaxError', 'AssertionError'])

/** The SQLSTATE of a failure, or the word of the system; of the driver's own errors, that the connection is lost. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : error instanceof Error && error.name !== 'Error'
      ? error.name
      : 'connectionLost'

/**
 * Runs what talks to the database: `Unavailable` where that cannot be done now; rejects where what was asked is wrong,
 * which is a bug.
 */
export const orUnavailable =
  (onProblem: OnProblem) =>
  <A>(run: () => Promise<A>): TaskEither<Unavailable, A> =>
  async () => {
    try {
      return E.right(await run())
    } catch (error) {
      if (!isPassing(error)) throw error
      // What was not even asked is no news: what keeps it from being asked was told.
      if (!(error instanceof NotNow)) onProblem({ code: codeOf(error) })
      return E.left({ _tag: 'Unavailable', retryAfterSeconds })
    }
  }
