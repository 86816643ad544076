import * as E from 'fp-ts/lib/Either.js'
import { graphAudience, graphResource } from './graph-access.js'
import { entraErrors, type EntraError } from './entra-error.js'

/** Scopes of OpenID Connect: they ask for tokens beside the access token. */
export const openIdScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'offline_access', 'email'])

const defaults: ReadonlySet<string> = new Set(
  [graphAudience, graphResource].map(resource => `${resource}/.default`),
)

/** What a token request asks for: all that Graph grants, or these permissions of Graph. */
export interface AskedScopes {
  readonly graph: 'default' | ReadonlyArray<string>
  readonly openId: ReadonlySet<string>
  /** As they were spelt. */
  readonly spelt: ReadonlyArray<string>
}

/** Reads the parameter `scope`; Graph is the only resource here. */
export const readScopes = (scope: string | null): E.Either<EntraError, AskedScopes> => {
  if (scope === null) return E.left(entraErrors.parameterMissing('scope'))
  const all = scope.split(' ').filter(one => one !== '')
  const openId = new Set(all.filter(one => openIdScopes.has(one)))
  const spelt = all.filter(one => !openIdScopes.has(one))
  if (spelt.length === 1 && spelt.every(one => defaults.has(one)))
    return E.right({ graph: 'default', openId, spelt })
  const named = spelt.map(withoutResource)
  return named.length === 0 || named.some(one => one === null || one === '.default')
    ? E.left(entraErrors.scopeWrong)
    : E.right({ graph: named.filter(one => one !== null), openId, spelt })
}

/** The name of a permission of Graph; null for one of another resource. A bare name is one of Graph's. */
const withoutResource = (scope: string): string | null => {
  const resource = [graphAudience, graphResource].find(one => scope.startsWith(`${one}/`))
  if (resource !== undefined) return scope.slice(resource.length + 1)
  return scope.includes('/') ? null : scope
}
