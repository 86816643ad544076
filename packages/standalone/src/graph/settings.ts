import { authorityOf, type CredentialSource } from '@lethe/adapter-entra'
import { type ProxySettings, readProxySettings } from '@lethe/adapter-system/network'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { GraphRefusal } from '../refusal.js'
import { type Environment, readTenant } from './tenant.js'

/** What a caller of Graph proves who they are with. */
type GraphCredential =
  /** An access token that the operator has. */
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'application'; readonly clientId: string; readonly source: CredentialSource }
  /** None in the environment: somebody else has to give tokens. */
  | { readonly kind: 'none' }

/** How Graph is reached without a server of Lethe. */
export interface GraphSettings {
  readonly tenantId: TenantId
  /** The base of every call, such as `https://graph.microsoft.com/beta`. */
  readonly root: string
  /** Whom the tokens are for, such as `https://graph.microsoft.com`. */
  readonly audience: string
  /** Where tokens come from, without a tenant. */
  readonly authority: string
  readonly credential: GraphCredential
  readonly proxies: ProxySettings
}

const defaultRoot = 'https://graph.microsoft.com/beta'
const defaultAuthority = 'https://login.microsoftonline.com'

/**
 * Reads the settings, which are named as the API's are.
 *
 * @param tenant as it was given by an option; null where it was not.
 * @returns all that is wrong at once: names and what is expected, never a value.
 */
export const readGraphSettings = (
  environment: Environment,
  tenant: string | null,
): E.Either<GraphRefusal, GraphSettings> => {
  const given = (name: string): string => (environment[name] ?? '').trim()
  const tenantId = readTenant(environment, tenant)
  const root = rootOf(given('LETHE_GRAPH_URL') || defaultRoot)
  const authority = given('LETHE_GRAPH_AUTHORITY') || defaultAuthority
  const audience = given('LETHE_GRAPH_AUDIENCE') || URL.parse(root ?? '')?.origin
  const credential = credentialIn(given)
  const proxies = readProxySettings(environment)
  const mistakes = [
    ...(E.isLeft(tenantId) ? tenantId.left.mistakes : []),
    ...(root === null ? ['LETHE_GRAPH_URL: expected an https address (http is for this machine only)'] : []),
    ...(E.isLeft(authorityOf(authority, true))
      ? ['LETHE_GRAPH_AUTHORITY: expected an https origin without a tenant (http is for this machine only)']
      : []),
    ...(E.isLeft(credential) ? [credential.left] : []),
    ...(E.isLeft(proxies) ? [proxies.left.mistake] : []),
  ]
  return E.isLeft(tenantId) ||
    root === null ||
    E.isLeft(credential) ||
    E.isLeft(proxies) ||
    mistakes.length > 0
    ? E.left({ _tag: 'GraphSettingsWrong', mistakes })
    : E.right({
        tenantId: tenantId.right,
        root,
        audience: audience ?? root,
        authority,
        credential: credential.right,
        proxies: proxies.right,
      })
}

const rootOf = (text: string): string | null => {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return null
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
  return isSafe ? `${url.origin}${url.pathname.replace(/\/+$/, '')}` : null
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)

const credentialIn = (given: (name: string) => string): E.Either<string, GraphCredential> => {
  const token = given('LETHE_GRAPH_TOKEN')
  const clientId = given('LETHE_GRAPH_CLIENT_ID')
  const [source, ...more] = sourcesIn(given)
  if (token !== '' && source !== undefined)
    return E.left('LETHE_GRAPH_TOKEN: expected either a token or the credential of an application, not both')
  if (token !== '')
    return /^[\x21-\x7e]+$/.test(token)
      ? E.right({ kind: 'token', token })
      : E.left('LETHE_GRAPH_TOKEN: expected an access token, without spaces or control characters')
  if (more.length > 0) return E.left(`${sourceNames}: expected one of them`)
  if (source === undefined) return E.right({ kind: 'none' })
  return /^[\x21-\x7e]+$/.test(clientId)
    ? E.right({ kind: 'application', clientId, source })
    : E.left('LETHE_GRAPH_CLIENT_ID: expected the client id of the app registration')
}

const sourceNames =
  'LETHE_GRAPH_CLIENT_SECRET, LETHE_GRAPH_CERTIFICATE_FILE, LETHE_GRAPH_FEDERATED_TOKEN_FILE'

const sourcesIn = (given: (name: string) => string): ReadonlyArray<CredentialSource> => {
  const secret = given('LETHE_GRAPH_CLIENT_SECRET')
  const certificate = given('LETHE_GRAPH_CERTIFICATE_FILE')
  const federated = given('LETHE_GRAPH_FEDERATED_TOKEN_FILE')
  return [
    ...(secret === '' ? [] : [{ kind: 'secret', secret } as const]),
    ...(certificate === '' ? [] : [{ kind: 'certificateFile', path: certificate } as const]),
    ...(federated === '' ? [] : [{ kind: 'federatedTokenFile', path: federated } as const]),
  ]
}
