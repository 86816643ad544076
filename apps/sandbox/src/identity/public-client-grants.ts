import { createHash, timingSafeEqual } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { letheCliClientId } from '../people.js'
import { entraErrors, type EntraError } from './entra-error.js'
import type { TokenAnswer } from './issue.js'
import { issueToPublicClient } from './issue-public.js'
import type { AuthorizationGrant, DeviceGrant, PendingGrants } from './pending-grants.js'
import { signatoriesOf } from './public-client.js'
import { readRefreshToken } from './refresh-tokens.js'
import { readClaims, stillSignedIn, type TokenEndpointDeps } from './grant-checks.js'

/** Whose sign-in is redeemed. */
interface Signed {
  readonly person: string
  readonly nonce: string | null
  /** What to ask for where the request says nothing. */
  readonly scope: string | null
}

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/**
 * Gives tokens to the command line: for a code (with PKCE), for a device code, and again later (a refresh token). A fresh
 * sign-in counts whatever became of earlier ones; a refresh token ends with the sign-in.
 *
 * Source: RFC 6749, 4.1.3 and 6; RFC 7636, 4.6; RFC 8628, 3.4 and 3.5.
 */
export const grantToPublicClient = (deps: TokenEndpointDeps, grants: PendingGrants) => {
  const ofRefreshToken = readRefreshToken(deps.keys, letheCliClientId)
  const signedBy = (form: URLSearchParams): TE.TaskEither<EntraError, Signed> => {
    switch (form.get('grant_type')) {
      case null:
        return TE.left(entraErrors.parameterMissing('grant_type'))
      case 'authorization_code':
        return TE.fromEither(byCode(grants, form))
      case deviceGrant:
      // MSAL says it so, and Entra takes it.
      case 'device_code':
        return TE.fromEither(byDevice(grants, form))
      case 'refresh_token':
        return pipe(
          TE.fromEither(parameter(form, 'refresh_token')),
          TE.flatMap(ofRefreshToken),
          TE.flatMapEither(({ person }) => stillSignedIn(deps.signIns)(person)),
          TE.map(person => ({ person, nonce: null, scope: null })),
        )
    }
    return TE.left(entraErrors.grantUnsupported)
  }

  return (tenant: string, form: URLSearchParams): TE.TaskEither<EntraError, TokenAnswer> => {
    const signatories = signatoriesOf(tenant)
    if (signatories === null) return TE.left(entraErrors.unknownTenant)
    if (form.has('client_secret') || form.has('client_assertion')) return TE.left(entraErrors.clientIsPublic)
    return pipe(
      signedBy(form),
      TE.filterOrElse(
        ({ person }) => signatories.some(({ name }) => name === person),
        () => entraErrors.refreshTokenWrong,
      ),
      TE.bind('granted', () => TE.fromEither(readClaims(form.get('claims')))),
      TE.flatMap(({ person, nonce, scope, granted }) =>
        issueToPublicClient(deps, {
          person,
          nonce,
          scope: form.get('scope') ?? scope,
          granted,
          clientInfo: form.get('client_info') === '1',
        }),
      ),
    )
  }
}

const parameter = (form: URLSearchParams, name: string): E.Either<EntraError, string> => {
  const value = form.get(name)
  return value === null ? E.left(entraErrors.parameterMissing(name)) : E.right(value)
}

const byCode = (grants: PendingGrants, form: URLSearchParams): E.Either<EntraError, Signed> =>
  pipe(
    parameter(form, 'code'),
    E.bindTo('code'),
    E.bind('redirectUri', () => parameter(form, 'redirect_uri')),
    E.flatMap(({ code, redirectUri }) => redeemed(grants, code, redirectUri, form.get('code_verifier'))),
    E.map(({ person, nonce }) => ({ person, nonce, scope: null })),
  )

const redeemed = (
  grants: PendingGrants,
  code: string,
  redirectUri: string,
  verifier: string | null,
): E.Either<EntraError, AuthorizationGrant> => {
  const grant = grants.redeem(code)
  if (grant === 'unknown') return E.left(entraErrors.codeWrong)
  if (grant === 'expired') return E.left(entraErrors.codeExpired)
  if (grant === 'spent') return E.left(entraErrors.codeRedeemed)
  if (grant.clientId !== letheCliClientId) return E.left(entraErrors.codeWrong)
  if (grant.redirectUri !== redirectUri) return E.left(entraErrors.redirectDiffers)
  if (verifier === null) return E.left(entraErrors.verifierMissing)
  return challengeOf(verifier).length === Buffer.from(grant.codeChallenge).length &&
    timingSafeEqual(challengeOf(verifier), Buffer.from(grant.codeChallenge))
    ? E.right(grant)
    : E.left(entraErrors.verifierWrong)
}

/** RFC 7636, 4.2: S256. */
const challengeOf = (verifier: string): Buffer =>
  Buffer.from(createHash('sha256').update(verifier).digest('base64url'))

const byDevice = (grants: PendingGrants, form: URLSearchParams): E.Either<EntraError, Signed> =>
  pipe(
    parameter(form, 'device_code'),
    E.flatMap(code => {
      const grant = grants.poll(code)
      if (grant === 'unknown' || grant === 'spent') return E.left(entraErrors.deviceCodeWrong)
      if (grant === 'expired') return E.left(entraErrors.deviceExpired)
      if (grant === 'early') return E.left(entraErrors.deviceTooFast)
      return decided(grant)
    }),
  )

const decided = ({ clientId, decision, scope }: DeviceGrant): E.Either<EntraError, Signed> => {
  if (clientId !== letheCliClientId) return E.left(entraErrors.deviceCodeWrong)
  if (decision === null) return E.left(entraErrors.devicePending)
  if (decision === 'declined') return E.left(entraErrors.signInDeclined)
  return E.right({ person: decision.person, nonce: null, scope })
}
