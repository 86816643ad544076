import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { errors, jwtVerify } from 'jose'
import type { SigningKeys } from '../signing-keys.js'
import { entraErrors, type EntraError } from './entra-error.js'
import { lifeOf, signed, uniqueness } from './tokens.js'

const audienceOf = (clientId: string): string => `urn:lethe:sandbox:refresh:${clientId}`
/** As long as Entra's by default: 90 days. */
const lifetimeSeconds = 90 * 86_400

const RefreshClaims = t.strict({ tid: t.string, sub: t.string }, 'RefreshClaims')

/** Whose refresh token it is, and of which tenant. */
export interface Refreshed {
  readonly tenant: string
  readonly person: string
}

/** A refresh token of somebody's, for one client: signed and kept nowhere, so that it outlives a restart. */
export const issueRefreshToken = (
  keys: SigningKeys,
  tenant: string,
  person: string,
  clientId: string,
): Promise<string> =>
  signed(keys, {
    aud: audienceOf(clientId),
    tid: tenant,
    sub: person,
    ...lifeOf(lifetimeSeconds),
    ...uniqueness(),
  })

/** Reads a refresh token that this client was given. */
export const readRefreshToken =
  (keys: SigningKeys, clientId: string) =>
  (token: string): TE.TaskEither<EntraError, Refreshed> =>
  async () => {
    try {
      const { payload } = await jwtVerify(token, keys.publicKey, {
        algorithms: ['RS256'],
        audience: audienceOf(clientId),
        requiredClaims: ['exp'],
      })
      const claims = RefreshClaims.decode(payload)
      return E.isRight(claims)
        ? E.right({ tenant: claims.right.tid, person: claims.right.sub })
        : E.left(entraErrors.refreshTokenWrong)
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError)
        return E.left(entraErrors.refreshTokenWrong)
      throw error
    }
  }
