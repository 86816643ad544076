import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { SigningKeys } from '../signing-keys.js'
import { claimsGranted, parseClaimsRequest } from './claims-request.js'
import type { ClientRegistration } from './client-registration.js'
import { entraErrors, type EntraError } from './entra-error.js'
import { graphAccessOf } from './graph-access.js'
import type { AskedScopes } from './graph-scopes.js'
import type { SignIns } from './sign-ins.js'

export interface TokenEndpointDeps {
  /** Where the provider is reached, without a slash at the end. */
  readonly baseUrl: string
  readonly keys: SigningKeys
  readonly registration: ClientRegistration
  readonly signIns: SignIns
  /** Milliseconds since 1970, by which codes end; the clock of the machine where it is left out. */
  readonly now?: () => number
}

/** Reads the parameter `claims`: what the token is to say because it was asked for. */
export const readClaims = (text: string | null): E.Either<EntraError, Readonly<Record<string, unknown>>> =>
  text === null
    ? E.right({})
    : pipe(
        parseClaimsRequest(text),
        E.bimap(() => entraErrors.claimsMalformed, claimsGranted),
      )

/** Refuses a sign-in that was taken away, or that needs its person. */
export const stillSignedIn =
  (signIns: SignIns) =>
  (person: string): E.Either<EntraError, string> => {
    const { state, claims } = signIns.of(person)
    switch (state) {
      case 'ok':
        return E.right(person)
      case 'revoked':
        return E.left(entraErrors.signInRevoked)
      case 'needsInteraction':
        return E.left(entraErrors.interactionNeeded(claims ?? null))
    }
  }

/** Refuses permissions of Graph that the person has not consented to. */
export const hasConsented =
  ({ graph }: AskedScopes) =>
  (person: string): E.Either<EntraError, string> => {
    const { scopes } = graphAccessOf(person)
    const wanted = graph === 'default' ? scopes : graph
    return wanted.length > 0 && wanted.every(scope => scopes.includes(scope))
      ? E.right(person)
      : E.left(entraErrors.consentMissing)
  }
