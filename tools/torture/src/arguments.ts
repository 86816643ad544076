import { parseArgs } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'

/** What was asked for on the command line. */
export type Asked =
  { readonly kind: 'help' } | { readonly kind: 'run'; readonly kills: number; readonly seed: number }

export const usage = `Usage: npm run torture -- [--kills <number>] [--seed <number>]

  --kills   how many times a process or the database is killed, 1 to 2000; 200 if left out
  --seed    draws which, where and when, and the load; 1 if left out

Exits with 0 where everything held, 1 where something did not, 2 for wrong arguments.
`

const mostKills = 2000

/** @returns what is wrong with them, in a line. */
export const readArguments = (args: ReadonlyArray<string>): E.Either<string, Asked> => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { kills: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help === true) return E.right({ kind: 'help' })
    const kills = wholeNumber(values.kills ?? '200')
    const seed = wholeNumber(values.seed ?? '1')
    if (kills === null || kills < 1 || kills > mostKills)
      return E.left(`--kills: expected a whole number from 1 to ${mostKills}`)
    return seed === null ? E.left('--seed: expected a whole number') : E.right({ kind: 'run', kills, seed })
  } catch {
    return E.left('expected --kills and --seed, and nothing else')
  }
}

const wholeNumber = (text: string): number | null => (/^\d{1,9}$/.test(text) ? Number(text) : null)
