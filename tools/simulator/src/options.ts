import { parseArgs } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'

/** What the simulator is asked for. */
export type Options =
  | { readonly kind: 'range'; readonly from: number; readonly seeds: number }
  | { readonly kind: 'one'; readonly seed: number; readonly traced: boolean }
  | { readonly kind: 'help' }

export const usage = `Simulates Lethe, with everything that chance can do to it drawn from a seed.

  npm run simulate                       10000 seeds, from 1 on
  npm run simulate -- --seeds 500        so many seeds
  npm run simulate -- --from 20001       from that seed on
  npm run simulate -- --seed 1234        that seed alone
  npm run simulate -- --seed 1234 --trace  and every step of it
`

/** Seeds of which none holds more than the generator takes. */
const mostDigits = 15

/** @returns the options; or every mistake, a line for each. */
export const readOptions = (args: ReadonlyArray<string>): E.Either<ReadonlyArray<string>, Options> => {
  const parsed = E.tryCatch(
    () =>
      parseArgs({
        args: [...args],
        strict: true,
        options: {
          seeds: { type: 'string' },
          from: { type: 'string' },
          seed: { type: 'string' },
          trace: { type: 'boolean' },
          help: { type: 'boolean' },
        },
      }).values,
    error => [error instanceof Error ? error.message : 'the options cannot be read'],
  )
  if (E.isLeft(parsed)) return parsed
  const { seeds, from, seed, trace, help } = parsed.right
  if (help === true) return E.right({ kind: 'help' })
  const mistakes = [
    ...(isNumber(seeds, 1) ? [] : ['--seeds: expected a whole number, 1 or more']),
    ...(isNumber(from, 0) ? [] : ['--from: expected a whole number, 0 or more']),
    ...(isNumber(seed, 0) ? [] : ['--seed: expected a whole number, 0 or more']),
    ...(trace === true && seed === undefined
      ? ['--trace: needs --seed, because it shows one seed only']
      : []),
    ...(seed !== undefined && (seeds !== undefined || from !== undefined)
      ? ['--seed: is one seed alone, and goes without --seeds and --from']
      : []),
  ]
  if (mistakes.length > 0) return E.left(mistakes)
  return E.right(
    seed === undefined
      ? { kind: 'range', from: Number(from ?? 1), seeds: Number(seeds ?? 10_000) }
      : { kind: 'one', seed: Number(seed), traced: trace === true },
  )
}

const isNumber = (text: string | undefined, least: number): boolean =>
  text === undefined || (/^\d+$/.test(text) && text.length <= mostDigits && Number(text) >= least)
