import * as E from 'fp-ts/lib/Either.js'
import { isLoopback } from '../server-address.js'
import type { LoginRefusal } from './refusal.js'

/** Where people sign in, as MSAL wants to hear it. */
export interface Authority {
  /** Always https: MSAL takes nothing else. */
  readonly url: string
  /** Trusted because the server named it. */
  readonly knownHost: string
  /** The endpoints as a JSON document; null where MSAL discovers them. */
  readonly metadata: string | null
  /** Where a request of MSAL's really goes; null where it must not go. */
  readonly addressOf: (url: string) => URL | null
}

/** An authority is an https address with a tenant as its path. On this machine http will do: for sandboxes. */
export const readAuthority = (authority: string): E.Either<LoginRefusal, Authority> => {
  const url = URL.parse(authority)
  if (url === null || !/^\/[\w.-]+\/?$/.test(url.pathname) || hasMore(url)) return E.left(untrusted)
  const tenant = url.pathname.replaceAll('/', '')
  if (url.protocol === 'https:') return E.right(secure(url, tenant))
  return url.protocol === 'http:' && isLoopback(url.hostname)
    ? E.right(plain(url, tenant))
    : E.left(untrusted)
}

/**
 * The authority that a server names, with the operator's tenant in the place of its own. Only a server on this machine may
 * name one that is not https.
 */
export const authorityFor = (
  named: string,
  tenant: string | null,
  server: string,
): E.Either<LoginRefusal, string> => {
  const authority = readAuthority(named)
  if (E.isLeft(authority)) return authority
  const url = new URL(named)
  if (url.protocol === 'http:' && !isLoopback(new URL(server).hostname)) return E.left(untrusted)
  return E.right(`${url.origin}/${tenant ?? url.pathname.replaceAll('/', '')}`)
}

const untrusted: LoginRefusal = { _tag: 'UntrustedAuthority' }

const hasMore = ({ username, password, search, hash }: URL): boolean =>
  [username, password, search, hash].some(part => part !== '')

const secure = ({ host }: URL, tenant: string): Authority => ({
  url: `https://${host}/${tenant}`,
  knownHost: host,
  metadata: null,
  addressOf: text => {
    const address = URL.parse(text)
    return address?.protocol === 'https:' ? address : null
  },
})

/** MSAL is told an https spelling of the authority alone: it takes endpoints that are given to it as they are. */
const plain = ({ host, origin }: URL, tenant: string): Authority => {
  const endpoints = `${origin}/${tenant}`
  return {
    url: `https://${host}/${tenant}`,
    knownHost: host,
    metadata: JSON.stringify({
      issuer: `${endpoints}/v2.0`,
      authorization_endpoint: `${endpoints}/oauth2/v2.0/authorize`,
      token_endpoint: `${endpoints}/oauth2/v2.0/token`,
      jwks_uri: `${endpoints}/discovery/v2.0/keys`,
    }),
    addressOf: text => {
      const address = URL.parse(text.replace(/^https:/, 'http:'))
      return address?.origin === origin ? address : null
    },
  }
}
