import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { letheCliClientId } from '../people.js'
import { entraErrors, type EntraError } from './entra-error.js'
import { isRegisteredRedirect } from './public-client.js'
import { readPublicScopes } from './public-scopes.js'

/** Where an answer goes, and how: in the query of a redirect, or posted by a form. */
export interface ReturnAddress {
  readonly redirectUri: string
  readonly mode: 'query' | 'form_post'
  readonly state: string | null
}

/** What a client asks a person's browser to bring. Source: RFC 6749, 4.1.1; RFC 7636, 4.3. */
export interface AuthorizeRequest extends ReturnAddress {
  readonly codeChallenge: string
  readonly nonce: string | null
}

/** Why there is no sign-in: told to the person where the client cannot be trusted, else to the client. */
export type AuthorizeRefusal =
  | { readonly tell: 'person'; readonly error: EntraError }
  | { readonly tell: 'client'; readonly error: EntraError; readonly back: ReturnAddress }

/** Reads the query of an authorization request. */
export const readAuthorizeRequest = (query: URLSearchParams): E.Either<AuthorizeRefusal, AuthorizeRequest> =>
  pipe(
    readReturnAddress(query),
    E.mapLeft((error): AuthorizeRefusal => ({ tell: 'person', error })),
    E.flatMap(back =>
      pipe(
        readRest(query),
        E.bimap(
          (error): AuthorizeRefusal => ({ tell: 'client', error, back }),
          codeChallenge => ({ ...back, codeChallenge, nonce: query.get('nonce') }),
        ),
      ),
    ),
  )

const readReturnAddress = (query: URLSearchParams): E.Either<EntraError, ReturnAddress> => {
  const redirectUri = query.get('redirect_uri')
  const mode = query.get('response_mode') ?? 'query'
  if (query.get('client_id') !== letheCliClientId) return E.left(entraErrors.unknownClient)
  if (redirectUri === null || !isRegisteredRedirect(redirectUri)) return E.left(entraErrors.redirectWrong)
  return mode === 'query' || mode === 'form_post'
    ? E.right({ redirectUri, mode, state: query.get('state') })
    : E.left(entraErrors.responseModeUnsupported)
}

/** 32 bytes in base64url: what S256 makes. */
const challenge = /^[\w-]{43}$/

const readRest = (query: URLSearchParams): E.Either<EntraError, string> => {
  const given = query.get('code_challenge') ?? ''
  if (query.get('response_type') !== 'code') return E.left(entraErrors.responseTypeUnsupported)
  if (query.get('code_challenge_method') !== 'S256' || !challenge.test(given))
    return E.left(entraErrors.challengeMissing)
  return E.map(() => given)(readPublicScopes(query.get('scope')))
}
