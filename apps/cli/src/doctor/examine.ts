import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { ListOutput } from '../list-output.js'
import { interrupted, type SingleRefusal } from '../refusal.js'
import type { Finding } from '../resources/finding.js'
import type { Check, Known, Surgery } from './check.js'

/**
 * Makes each check with what those before it found out, and shows what it says at once.
 *
 * @returns the refusal of the first check that failed: it is the cause of what comes after it.
 */
export const examine =
  (surgery: Surgery, list: ListOutput<Finding>) =>
  (checks: ReadonlyArray<Check>): TE.TaskEither<SingleRefusal, void> =>
  async () => {
    let known: Known = {}
    let refusal: SingleRefusal | null = null
    for (const { name, look } of checks) {
      const { examined, learned } = await look(surgery, known)
      if (surgery.io.interrupted.aborted) {
        await list.breakOff()
        return E.left(interrupted)
      }
      known = { ...known, ...learned }
      if (examined.outcome === 'failed') refusal ??= examined.refusal
      const { outcome, finding, advice } = examined
      const shown = await list.add([{ check: name, outcome, finding, advice }])()
      if (E.isLeft(shown)) return shown
    }
    const ended = await list.end()()
    if (E.isLeft(ended)) return ended
    return refusal === null ? E.right(undefined) : E.left(refusal)
  }
