import { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Issuer } from './published-keys.js'
import { tokenInvalid, type TokenInvalid, tokenNotWellFormed, type TokenNotWellFormed } from './refusals.js'
import type { TrustedIssuers } from './trusted-issuers.js'

/** What a token says of itself before its signature is checked: good for finding the key, and for nothing else. */
export interface UnverifiedToken extends Issuer {
  readonly kid: string
}

/** JWS compact serialisation (RFC 7515 section 7.1); the signature may be empty, as it is with `alg` none. */
const compact = /^[\w-]+\.[\w-]+\.[\w-]*$/

const Header = t.strict({ alg: t.literal('RS256'), kid: t.string }, 'Header')
const Claims = t.strict({ iss: t.string, tid: TenantId }, 'Claims')

/**
 * Finds out which key a token must be signed with: the `kid` of its header, of the trusted issuer that it names. Where
 * the issuer publishes its keys is never read from the token: `jku`, `x5u`, `jwk` and `x5c` are not looked at.
 *
 * @returns `TokenNotWellFormed` where it is no JWT; `TokenInvalid` where its algorithm is not RS256, it names no key, or
 * its issuer is not trusted for its tenant.
 */
export const readUnverified =
  (trusted: TrustedIssuers) =>
  (token: string): E.Either<TokenNotWellFormed | TokenInvalid, UnverifiedToken> =>
    pipe(
      parse(token),
      E.flatMap(({ header, claims }) => {
        if (E.isLeft(header) || E.isLeft(claims)) return E.left(tokenInvalid)
        const { iss: issuer, tid: tenantId } = claims.right
        return trusted.get(issuer) === tenantId
          ? E.right({ kid: header.right.kid, issuer, tenantId })
          : E.left(tokenInvalid)
      }),
    )

const parse = (token: string) =>
  !compact.test(token)
    ? E.left(tokenNotWellFormed)
    : E.tryCatch(
        () => ({
          header: Header.decode(decodeProtectedHeader(token)),
          claims: Claims.decode(decodeJwt(token)),
        }),
        () => tokenNotWellFormed,
      )
