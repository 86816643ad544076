import * as E from 'fp-ts/lib/Either.js'
import { type SingleRefusal, usageMistake } from './refusal.js'

/** Where Lethe is when nothing else is said. */
export const defaultServer = 'http://127.0.0.1:8080'

type AddressRefusal = Extract<SingleRefusal, { readonly _tag: 'UsageMistake' | 'InsecureServer' }>

/**
 * Reads the server's address: http or https, and http only to this machine, because a token goes along.
 *
 * @returns the address without a slash at its end.
 */
export const parseServer = (text: string): E.Either<AddressRefusal, string> => {
  const url = URL.parse(text.trim())
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return E.left(usageMistake('--server (LETHE_SERVER) must be an http or https address.'))
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return E.left(usageMistake('--server (LETHE_SERVER) must hold no user, password, query or fragment.'))
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return E.left({ _tag: 'InsecureServer', host: url.hostname })
  return E.right(`${url.origin}${url.pathname.replace(/\/+$/, '')}`)
}

/** Whether a host is this machine, reached over no network. */
export const isLoopback = (hostname: string): boolean =>
  hostname === '[::1]' ||
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  /^127(?:\.\d{1,3}){3}$/.test(hostname)
