import { parseArgs } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'

/** What was asked for on the command line. */
export type Asked =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly kills: number; readonly seed: number }
  | {
      readonly kind: 'twin'
      readonly removals: number
      readonly seed: number
      readonly credential: 'application' | 'delegated'
    }

export const usage = `Usage: npm run torture -- [--kills <number>] [--seed <number>]
       npm run torture -- --twin <removals> [--delegated] [--seed <number>]

  --kills   how many times a process or the database is killed, 1 to 2000; 200 if left out
  --seed    draws which, where and when, and the load; 1 if left out
  --twin    removes so many people, 1 to 500, from a Graph that does everything wrong
  --delegated  on behalf of who approved, and not in Lethe's own name

Exits with 0 where everything held, 1 where something did not, 2 for wrong arguments, and 3 where it cannot be said: the run
was interrupted, or out of time.
`

const mostKills = 2000
/** As many as the sandbox has. */
const mostRemovals = 500

/** @returns what is wrong with them, in a line. */
export const readArguments = (args: ReadonlyArray<string>): E.Either<string, Asked> => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        kills: { type: 'string' },
        twin: { type: 'string' },
        delegated: { type: 'boolean' },
        seed: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help === true) return E.right({ kind: 'help' })
    const kills = wholeNumber(values.kills ?? '200')
    const seed = wholeNumber(values.seed ?? '1')
    if (values.twin !== undefined) {
      const removals = wholeNumber(values.twin)
      if (values.kills !== undefined) return E.left('expected --kills or --twin, and not both')
      if (removals === null || removals < 1 || removals > mostRemovals)
        return E.left(`--twin: expected a whole number from 1 to ${mostRemovals}`)
      const credential = values.delegated === true ? 'delegated' : 'application'
      return seed === null
        ? E.left('--seed: expected a whole number')
        : E.right({ kind: 'twin', removals, seed, credential })
    }
    if (values.delegated === true) return E.left('expected --delegated with --twin alone')
    if (kills === null || kills < 1 || kills > mostKills)
      return E.left(`--kills: expected a whole number from 1 to ${mostKills}`)
    return seed === null ? E.left('--seed: expected a whole number') : E.right({ kind: 'run', kills, seed })
  } catch {
    return E.left('expected --kills, --twin, --delegated and --seed, and nothing else')
  }
}

const wholeNumber = (text: string): number | null => (/^\d{1,9}$/.test(text) ? Number(text) : null)
