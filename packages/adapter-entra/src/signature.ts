import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { errors, type JWTPayload, jwtVerify } from 'jose'
import type { SigningKey } from './published-keys.js'
import {
  audienceInvalid,
  type AudienceInvalid,
  tokenExpired,
  type TokenExpired,
  tokenInvalid,
  type TokenInvalid,
  tokenNotYetValid,
  type TokenNotYetValid,
} from './refusals.js'

/** What a token must say to be accepted. */
export interface Expected {
  readonly key: SigningKey
  readonly issuer: string
  readonly audiences: ReadonlyArray<string>
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: number
}

/** The claims of a token whose signature, issuer, audience and lifetime hold. */
export interface Genuine {
  readonly claims: JWTPayload
  /** The token's `exp`, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly expiresAt: number
}

/** How far the issuer's clock and ours may be apart: as much as Microsoft's own libraries allow. */
const skewSeconds = 300

type NotAccepted = TokenInvalid | TokenExpired | TokenNotYetValid | AudienceInvalid

/**
 * Checks the signature, then issuer, audience and lifetime, with at most five minutes of skew.
 *
 * Source: RFC 8725 (one allowed algorithm); Microsoft identity platform, access token validation.
 */
export const checkToken =
  (expected: Expected) =>
  (token: string): TE.TaskEither<NotAccepted, Genuine> =>
    pipe(
      TE.tryCatch(
        () =>
          jwtVerify(token, expected.key.publicKey, {
            algorithms: ['RS256'],
            issuer: expected.issuer,
            audience: [...expected.audiences],
            clockTolerance: skewSeconds,
            currentDate: new Date(expected.now),
            requiredClaims: ['exp'],
          }),
        refusalOf,
      ),
      TE.flatMapEither(({ payload }) => genuine(payload)),
    )

const genuine = (claims: JWTPayload): E.Either<TokenInvalid, Genuine> =>
  claims.exp !== undefined && Number.isFinite(claims.exp)
    ? E.right({ claims, expiresAt: claims.exp * 1000 })
    : E.left(tokenInvalid)

/** Whatever else goes wrong in the check, the token is not accepted. */
const refusalOf = (error: unknown): NotAccepted => {
  if (error instanceof errors.JWTExpired) return tokenExpired
  if (!(error instanceof errors.JWTClaimValidationFailed)) return tokenInvalid
  if (error.claim === 'aud') return audienceInvalid
  return error.claim === 'nbf' && error.reason === 'check_failed' ? tokenNotYetValid : tokenInvalid
}
