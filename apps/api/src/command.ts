import { parseArgs } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { BadConfig } from './config.js'
import type { Role } from './role.js'

/** What a process of the API was asked to do. */
export type Command =
  | { readonly kind: 'serve'; readonly role: Role }
  | { readonly kind: 'migrate' }
  | { readonly kind: 'help' }

export const usage = `Usage: lethe-api [--role api|worker|both]   serves HTTP, works off the queue, or both (the default)
       lethe-api migrate                     brings the database to what this version needs

Settings come from the environment; README.md lists them.
`

const badArguments: E.Either<BadConfig, never> = E.left({
  _tag: 'BadConfig',
  mistakes: ['expected the arguments: migrate, or --role with api, worker or both'],
})

/** @param args of the command line, without the program. */
export const commandIn = (args: ReadonlyArray<string>): E.Either<BadConfig, Command> => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { role: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help === true) return E.right({ kind: 'help' })
    if (positionals.length === 0 && (values.role ?? []).length < 2) return serving(values.role?.[0])
    return positionals.join(' ') === 'migrate' && values.role === undefined
      ? E.right({ kind: 'migrate' })
      : badArguments
  } catch {
    return badArguments
  }
}

const serving = (role: string | undefined): E.Either<BadConfig, Command> => {
  switch (role) {
    case undefined:
    case 'both':
      return E.right({ kind: 'serve', role: 'both' })
    case 'api':
    case 'worker':
      return E.right({ kind: 'serve', role })
    default:
      return badArguments
  }
}
