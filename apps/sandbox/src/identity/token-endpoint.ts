import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { contoso, letheCliClientId, northwind } from '../people.js'
import { authenticateClient, type ClientProof } from './client-authentication.js'
import { entraErrors, type EntraError } from './entra-error.js'
import { hasConsented, readClaims, stillSignedIn, type TokenEndpointDeps } from './grant-checks.js'
import { type AskedScopes, readScopes } from './graph-scopes.js'
import { type Issuing, type IssueDeps, issueToApplication, issueToPerson, type TokenAnswer } from './issue.js'
import type { PendingGrants } from './pending-grants.js'
import { grantToPublicClient } from './public-client-grants.js'
import { readRefreshToken } from './refresh-tokens.js'
import { verifyUserAssertion } from './user-assertion.js'

/**
 * Gives tokens for Microsoft Graph to Lethe: for itself (client credentials), on somebody's behalf (an assertion), and
 * again later (a refresh token). The command line, a public client, gets tokens for Lethe and for Graph.
 *
 * Source: Microsoft identity platform, client credentials flow, on-behalf-of flow, refreshing tokens.
 *
 * @param form the body of the request.
 */
export const answerTokenRequest = (deps: TokenEndpointDeps, grants: PendingGrants) => {
  const authenticate = authenticateClient(deps)
  const grant = grantTokens(deps)
  const grantToPublic = grantToPublicClient(deps, grants)
  return (tenant: string, form: URLSearchParams): TE.TaskEither<EntraError, TokenAnswer> =>
    form.get('client_id') === letheCliClientId
      ? grantToPublic(tenant, form)
      : tenant !== contoso && tenant !== northwind
        ? TE.left(entraErrors.unknownTenant)
        : pipe(
            authenticate(tenant, form),
            TE.flatMap(proof => grant(tenant, form, proof)),
          )
}

const grantTokens = (deps: TokenEndpointDeps) => {
  const issuing: IssueDeps = { ...deps, clientId: deps.registration.clientId }
  const ofAssertion = verifyUserAssertion(deps.baseUrl, deps.keys, deps.registration.clientId)
  const ofRefreshToken = refreshedIn(readRefreshToken(deps.keys, deps.registration.clientId))

  const toApplication = (base: Issuing, asked: AskedScopes): TE.TaskEither<EntraError, TokenAnswer> =>
    asked.graph === 'default'
      ? TE.fromTask(() => issueToApplication(issuing, base))
      : TE.left(entraErrors.scopeNotDefault)

  const toPerson = (
    base: Issuing,
    asked: AskedScopes,
    form: URLSearchParams,
    who: TE.TaskEither<EntraError, string>,
  ): TE.TaskEither<EntraError, TokenAnswer> =>
    pipe(
      who,
      TE.flatMapEither(stillSignedIn(deps.signIns)),
      TE.flatMapEither(hasConsented(asked)),
      TE.flatMapTask(
        person => () =>
          issueToPerson(issuing, { ...base, person, asked, clientInfo: form.get('client_info') === '1' }),
      ),
    )

  return (
    tenant: string,
    form: URLSearchParams,
    proof: ClientProof,
  ): TE.TaskEither<EntraError, TokenAnswer> => {
    const read = readRequest(form)
    if (E.isLeft(read)) return TE.left(read.left)
    const { grantType, asked, granted } = read.right
    const base = { tenant, proof, granted }
    switch (grantType) {
      case 'client_credentials':
        return toApplication(base, asked)
      case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
        return form.get('requested_token_use') === 'on_behalf_of'
          ? toPerson(base, asked, form, withParameter(form, 'assertion', ofAssertion, tenant))
          : TE.left(entraErrors.parameterMissing('requested_token_use'))
      case 'refresh_token':
        return toPerson(base, asked, form, withParameter(form, 'refresh_token', ofRefreshToken, tenant))
    }
  }
}

/** A refresh token of another tenant is none here. */
const refreshedIn =
  (read: ReturnType<typeof readRefreshToken>) =>
  (tenant: string, token: string): TE.TaskEither<EntraError, string> =>
    pipe(
      read(token),
      TE.filterOrElse(
        refreshed => refreshed.tenant === tenant,
        () => entraErrors.refreshTokenWrong,
      ),
      TE.map(({ person }) => person),
    )

const GrantType = t.keyof({
  client_credentials: null,
  'urn:ietf:params:oauth:grant-type:jwt-bearer': null,
  refresh_token: null,
})

interface Read {
  readonly grantType: t.TypeOf<typeof GrantType>
  readonly asked: AskedScopes
  readonly granted: Readonly<Record<string, unknown>>
}

const readRequest = (form: URLSearchParams): E.Either<EntraError, Read> =>
  pipe(
    form.has('grant_type')
      ? E.right(form.get('grant_type'))
      : E.left(entraErrors.parameterMissing('grant_type')),
    E.flatMap(name => E.mapLeft(() => entraErrors.grantUnsupported)(GrantType.decode(name))),
    E.bindTo('grantType'),
    E.bind('asked', () => readScopes(form.get('scope'))),
    E.bind('granted', () => readClaims(form.get('claims'))),
  )

const withParameter = (
  form: URLSearchParams,
  name: string,
  read: (tenant: string, value: string) => TE.TaskEither<EntraError, string>,
  tenant: string,
): TE.TaskEither<EntraError, string> => {
  const value = form.get(name)
  return value === null ? TE.left(entraErrors.parameterMissing(name)) : read(tenant, value)
}
