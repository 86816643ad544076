import { createHash, timingSafeEqual } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { decodeProtectedHeader, errors, jwtVerify, type ProtectedHeaderParameters } from 'jose'
import { contoso, northwind } from '../people.js'
import type { SigningKeys } from '../signing-keys.js'
import { type ClientRegistration, federatedCredential } from './client-registration.js'
import { entraErrors, type EntraError } from './entra-error.js'
import { spelledHttps, tenantUrls } from './tenant-urls.js'

/** How a client proved who it is. */
export type ClientProof = 'secret' | 'certificate' | 'federated'

export interface ClientAuthenticationDeps {
  readonly baseUrl: string
  readonly keys: SigningKeys
  readonly registration: ClientRegistration
}

/** MSAL rounds its clock to the nearest second, so that an assertion may be half a second ahead. */
const skewSeconds = 300

/** Source: RFC 7523, 2.2. */
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Checks that a token request comes from Lethe: by secret, by certificate (RFC 7523) or by a federated credential. */
export const authenticateClient =
  (deps: ClientAuthenticationDeps) =>
  (tenant: string, form: URLSearchParams): TE.TaskEither<EntraError, ClientProof> => {
    const clientId = form.get('client_id')
    const secret = form.get('client_secret')
    const assertion = form.get('client_assertion')
    if (clientId === null) return TE.left(entraErrors.parameterMissing('client_id'))
    if (clientId !== deps.registration.clientId) return TE.left(entraErrors.unknownClient)
    if (assertion !== null)
      return form.get('client_assertion_type') === assertionType
        ? byAssertion(deps, tenant, assertion)
        : TE.left(entraErrors.parameterMissing('client_assertion_type'))
    if (secret === null) return TE.left(entraErrors.credentialMissing)
    return sameText(secret, deps.registration.secret) ? TE.right('secret') : TE.left(entraErrors.secretWrong)
  }

const byAssertion = (
  deps: ClientAuthenticationDeps,
  tenant: string,
  assertion: string,
): TE.TaskEither<EntraError, ClientProof> =>
  pipe(
    byCertificate(deps, tenant, assertion),
    TE.orElse(() => byFederation(deps, assertion)),
    TE.mapLeft(() => entraErrors.assertionWrong),
  )

const byCertificate = (
  { baseUrl, registration: { clientId, certificate } }: ClientAuthenticationDeps,
  tenant: string,
  assertion: string,
): TE.TaskEither<null, ClientProof> => {
  const { token } = tenantUrls(baseUrl, tenant)
  return async () => {
    try {
      if (!namesKey(decodeProtectedHeader(assertion), certificate.thumbprintSha256)) return E.left(null)
      await jwtVerify(assertion, certificate.publicKey, {
        algorithms: ['RS256', 'PS256'],
        issuer: clientId,
        subject: clientId,
        audience: [token, spelledHttps(token)],
        clockTolerance: skewSeconds,
        requiredClaims: ['exp'],
      })
      return E.right('certificate')
    } catch (error) {
      return refusedByJose(error)
    }
  }
}

/** The key may go unnamed: only one is registered. */
const namesKey = (header: ProtectedHeaderParameters, thumbprintSha256: string): boolean => {
  const named = header['x5t#S256']
  return named === undefined || named === Buffer.from(thumbprintSha256, 'hex').toString('base64url')
}

const byFederation = (
  { baseUrl, keys }: ClientAuthenticationDeps,
  assertion: string,
): TE.TaskEither<null, ClientProof> => {
  const { subject, audience } = federatedCredential
  return async () => {
    try {
      await jwtVerify(assertion, keys.publicKey, {
        algorithms: ['RS256'],
        issuer: [contoso, northwind].map(tenant => tenantUrls(baseUrl, tenant).issuer),
        subject,
        audience,
        requiredClaims: ['exp'],
      })
      return E.right('federated')
    } catch (error) {
      return refusedByJose(error)
    }
  }
}

/** What jose says of a bad token is an answer; a malformed header is a TypeError of it. Anything else is a bug. */
const refusedByJose = (error: unknown): E.Either<null, never> => {
  if (error instanceof errors.JOSEError || error instanceof TypeError) return E.left(null)
  throw error
}

const sameText = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
