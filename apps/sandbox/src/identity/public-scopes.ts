import * as E from 'fp-ts/lib/Either.js'
import { letheClientId } from '../people.js'
import { entraErrors, type EntraError } from './entra-error.js'
import { type AskedScopes, openIdScopes, readScopes } from './graph-scopes.js'

/** What the command line asks for: something of Graph's, or of Lethe's. */
export type PublicScopes =
  | { readonly resource: 'graph'; readonly asked: AskedScopes }
  | {
      readonly resource: 'lethe'
      readonly permissions: 'default' | ReadonlyArray<string>
      readonly openId: ReadonlySet<string>
      /** As they were spelt. */
      readonly spelt: ReadonlyArray<string>
    }

const prefixes = [`api://${letheClientId}/`, `${letheClientId}/`] as const

/** Reads the parameter `scope`: of one resource at a time, as Entra has it. */
export const readPublicScopes = (scope: string | null): E.Either<EntraError, PublicScopes> => {
  const all = (scope ?? '').split(' ').filter(one => one !== '')
  const spelt = all.filter(one => !openIdScopes.has(one))
  const named = spelt.map(permissionOfLethe)
  if (named.every(one => one === null))
    return E.map((asked: AskedScopes): PublicScopes => ({ resource: 'graph', asked }))(readScopes(scope))
  if (named.some(one => one === null)) return E.left(entraErrors.scopeWrong)
  const permissions = named.filter(one => one !== null)
  const openId = new Set(all.filter(one => openIdScopes.has(one)))
  if (permissions.length === 1 && permissions[0] === '.default')
    return E.right({ resource: 'lethe', permissions: 'default', openId, spelt })
  return permissions.includes('.default')
    ? E.left(entraErrors.scopeWrong)
    : E.right({ resource: 'lethe', permissions, openId, spelt })
}

const permissionOfLethe = (scope: string): string | null => {
  const prefix = prefixes.find(one => scope.startsWith(one))
  return prefix === undefined ? null : scope.slice(prefix.length)
}
