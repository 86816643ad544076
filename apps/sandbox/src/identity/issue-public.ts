import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { letheCliClientId, letheClientId, people, type Person } from '../people.js'
import { entraErrors, type EntraError } from './entra-error.js'
import { issueToPerson, openIdAnswer, type TokenAnswer } from './issue.js'
import { letheTokenClaims } from './lethe-token.js'
import { type PublicScopes, readPublicScopes } from './public-scopes.js'
import { tenantUrls } from './tenant-urls.js'
import { hasConsented, type TokenEndpointDeps } from './grant-checks.js'
import { signed, uniqueness, usualLifetimeSeconds } from './tokens.js'

/** What the command line gets for somebody's sign-in. */
interface Issue {
  readonly person: string
  readonly nonce: string | null
  readonly scope: string | null
  /** Claims that were asked for. */
  readonly granted: Readonly<Record<string, unknown>>
  readonly clientInfo: boolean
}

type Issuing = (deps: TokenEndpointDeps, issue: Issue) => TE.TaskEither<EntraError, TokenAnswer>

/** A token for Graph or for Lethe, with what else was asked for: refresh token, id token, client info. */
export const issueToPublicClient: Issuing = (deps, issue) =>
  pipe(
    TE.fromEither(readPublicScopes(issue.scope)),
    TE.flatMap(scopes =>
      scopes.resource === 'graph' ? forGraph(scopes)(deps, issue) : forLethe(scopes)(deps, issue),
    ),
  )

const forGraph =
  ({ asked }: Extract<PublicScopes, { readonly resource: 'graph' }>): Issuing =>
  (deps, { person, granted, clientInfo, nonce }) =>
    pipe(
      TE.fromEither(hasConsented(asked)(person)),
      TE.flatMapTask(
        () => () =>
          issueToPerson(
            { ...deps, clientId: letheCliClientId },
            { tenant: tenantOf(person), proof: 'none', granted, person, asked, clientInfo, nonce },
          ),
      ),
    )

const forLethe =
  ({ permissions, openId, spelt }: Extract<PublicScopes, { readonly resource: 'lethe' }>): Issuing =>
  (deps, { person, granted, clientInfo, nonce }) => {
    const known = people.get(person)
    if (known === undefined) return TE.left(entraErrors.consentMissing)
    const held = permissionsOf(known)
    const wanted = permissions === 'default' ? held : permissions
    if (!wanted.every(one => held.includes(one))) return TE.left(entraErrors.consentMissing)
    const tenant = known.tid
    return async () =>
      E.right({
        token_type: 'Bearer',
        access_token: await signed(deps.keys, {
          ...letheTokenClaims(known, tenantUrls(deps.baseUrl, tenant).issuer, usualLifetimeSeconds),
          ...uniqueness(),
          scp: wanted.join(' '),
          azp: letheCliClientId,
          ...granted,
        }),
        expires_in: usualLifetimeSeconds,
        ext_expires_in: usualLifetimeSeconds,
        scope: [
          ...new Set([...wanted.map(one => `api://${letheClientId}/${one}`), ...spelt, ...openId]),
        ].join(' '),
        ...(await openIdAnswer(
          { ...deps, clientId: letheCliClientId },
          { tenant, person, openId, clientInfo, nonce },
        )),
      })
  }

const permissionsOf = ({ claims }: Person): ReadonlyArray<string> =>
  typeof claims['scp'] === 'string' ? claims['scp'].split(' ') : []

const tenantOf = (person: string): string => people.get(person)?.tid ?? ''
