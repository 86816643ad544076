import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { errors, jwtVerify } from 'jose'
import type { SigningKeys } from '../signing-keys.js'
import { entraErrors, type EntraError } from './entra-error.js'
import { lifeOf, signed, uniqueness } from './tokens.js'

const audience = 'urn:lethe:sandbox:refresh'
/** As long as Entra's by default: 90 days. */
const lifetimeSeconds = 90 * 86_400

const RefreshClaims = t.strict({ tid: t.string, sub: t.string }, 'RefreshClaims')

/** A refresh token of somebody's: signed and kept nowhere, so that it outlives a restart. */
export const issueRefreshToken = (keys: SigningKeys, tenant: string, person: string): Promise<string> =>
  signed(keys, { aud: audience, tid: tenant, sub: person, ...lifeOf(lifetimeSeconds), ...uniqueness() })

/** @returns the name of the person whose refresh token this is. */
export const readRefreshToken =
  (keys: SigningKeys) =>
  (tenant: string, token: string): TE.TaskEither<EntraError, string> =>
  async () => {
    try {
      const { payload } = await jwtVerify(token, keys.publicKey, {
        algorithms: ['RS256'],
        audience,
        requiredClaims: ['exp'],
      })
      const claims = RefreshClaims.decode(payload)
      return E.isRight(claims) && claims.right.tid === tenant
        ? E.right(claims.right.sub)
        : E.left(entraErrors.refreshTokenWrong)
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError)
        return E.left(entraErrors.refreshTokenWrong)
      throw error
    }
  }
