import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Io } from './io.js'
import { interrupted, type SingleRefusal } from './refusal.js'
import { visible } from './visible-text.js'

/**
 * Asks the operator, and takes nothing but `y` or `yes` for a yes. Needs a terminal to ask at.
 *
 * @param instead what to do where there is none.
 */
export const confirm =
  (io: Io, instead = 'add --force to do it without asking') =>
  (question: ReadonlyArray<string>): TE.TaskEither<SingleRefusal, void> =>
  async () => {
    if (!io.stdin.isTerminal) return E.left({ _tag: 'ConfirmationImpossible', instead })
    await io.stderr.write(`${question.map(visible).join('\n')} [y/N] `)
    const answer = await io.stdin.readLine()
    if (answer === null) await io.stderr.write('\n')
    if (io.interrupted.aborted) return E.left(interrupted)
    return /^\s*y(?:es)?\s*$/i.test(answer ?? '') ? E.right(undefined) : E.left({ _tag: 'NotConfirmed' })
  }
