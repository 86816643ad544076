import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'

/** Where the tenants' tokens come from, as MSAL wants to hear it. */
export interface Authority {
  /** The authority of one tenant: always https, since MSAL takes nothing else. */
  readonly urlOf: (tenantId: TenantId) => string
  /** Its host, with its port where that is not 443: trusted because it is configured. */
  readonly knownHost: string
  /** The endpoints of a tenant, as a JSON document; null where MSAL knows or discovers them. */
  readonly metadataOf: (tenantId: TenantId) => string | null
  /** Where a request of MSAL's really goes; null where it must not go. */
  readonly addressOf: (url: string) => URL | null
}

/** Why an authority host cannot be used. */
export type AuthorityMistake =
  /** It is no https origin such as `https://login.microsoftonline.com`, without a path. */
  | 'notAnHttpsOrigin'
  /** It is an http origin, which takes `insecureAuthority`, and a loopback address. */
  | 'insecureNotAllowed'

/**
 * Reads the setting that says where tokens come from.
 *
 * @param authorityHost an origin, such as `https://login.microsoftonline.us`. Source: Microsoft identity platform,
 * national clouds.
 * @param insecureAuthority lets an `http:` origin pass, on loopback only: for sandboxes.
 */
export const authorityOf = (
  authorityHost: string,
  insecureAuthority: boolean,
): E.Either<AuthorityMistake, Authority> => {
  const url = URL.parse(authorityHost)
  if (url === null || !isOrigin(url)) return E.left('notAnHttpsOrigin')
  switch (url.protocol) {
    case 'https:':
      return E.right(secureAuthority(url))
    case 'http:':
      return insecureAuthority && isLoopback(url.hostname)
        ? E.right(loopbackAuthority(url))
        : E.left('insecureNotAllowed')
  }
  return E.left('notAnHttpsOrigin')
}

const isOrigin = ({ username, password, pathname, search, hash, host }: URL): boolean =>
  host !== '' && [username, password, search, hash].every(part => part === '') && pathname === '/'

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)

const secureAuthority = ({ host }: URL): Authority => ({
  urlOf: tenantId => `https://${host}/${tenantId}`,
  knownHost: host,
  metadataOf: () => null,
  addressOf: url => {
    const address = URL.parse(url)
    return address?.protocol === 'https:' ? address : null
  },
})

/** MSAL is told an https spelling of everything, and what it sends goes to the same host and port over http. */
const loopbackAuthority = ({ host, origin }: URL): Authority => {
  const spelling = `https://${host}`
  return {
    urlOf: tenantId => `${spelling}/${tenantId}`,
    knownHost: host,
    metadataOf: tenantId =>
      JSON.stringify({
        issuer: `${spelling}/${tenantId}/v2.0`,
        authorization_endpoint: `${spelling}/${tenantId}/oauth2/v2.0/authorize`,
        token_endpoint: `${spelling}/${tenantId}/oauth2/v2.0/token`,
        jwks_uri: `${spelling}/${tenantId}/discovery/v2.0/keys`,
      }),
    addressOf: url =>
      URL.parse(url)?.origin === spelling ? URL.parse(`${origin}${url.slice(spelling.length)}`) : null,
  }
}
