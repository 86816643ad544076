import { parseArgs } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { TenantId } from '@lethe/domain'
import type { BadConfig } from './config.js'
import type { Role } from './role.js'

/** What a process of the API was asked to do. */
export type Command =
  | { readonly kind: 'serve'; readonly role: Role }
  | { readonly kind: 'migrate' }
  | {
      readonly kind: 'check'
      /** Null for every tenant that is served. */
      readonly tenantId: TenantId | null
      readonly seal: boolean
      readonly rebuild: boolean
    }
  | { readonly kind: 'help' }

export const usage = `Usage: lethe-api [--role api|worker|both]   serves HTTP, works off the queue, or both (the default)
       lethe-api migrate                     brings the database to what this version needs
       lethe-api check [--tenant ID] [--seal] [--rebuild]
                                             checks every stored request against its history, and exits with 1 where
                                             something is wrong; --seal seals what an earlier version wrote, once, after the
                                             upgrade; --rebuild makes anew what lists and sweeps find requests by

Settings come from the environment; README.md lists them.
`

const badArguments: E.Either<BadConfig, never> = E.left({
  _tag: 'BadConfig',
  mistakes: [
    'expected the arguments: migrate; check with --tenant and a tenant id, --seal, --rebuild; or --role with api, worker or both',
  ],
})

/** @param args of the command line, without the program. */
export const commandIn = (args: ReadonlyArray<string>): E.Either<BadConfig, Command> => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        role: { type: 'string', multiple: true },
        tenant: { type: 'string' },
        seal: { type: 'boolean' },
        rebuild: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help === true) return E.right({ kind: 'help' })
    const { role, tenant, seal = false, rebuild = false } = values
    if (positionals.join(' ') === 'check' && role === undefined) return checking(tenant, seal, rebuild)
    if (tenant !== undefined || seal || rebuild) return badArguments
    if (positionals.length === 0 && (role ?? []).length < 2) return serving(role?.[0])
    return positionals.join(' ') === 'migrate' && role === undefined
      ? E.right({ kind: 'migrate' })
      : badArguments
  } catch {
    return badArguments
  }
}

const checking = (
  tenant: string | undefined,
  seal: boolean,
  rebuild: boolean,
): E.Either<BadConfig, Command> => {
  const tenantId = tenant === undefined ? E.right(null) : TenantId.decode(tenant)
  return E.isLeft(tenantId)
    ? badArguments
    : E.right({ kind: 'check', tenantId: tenantId.right, seal, rebuild })
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
