import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { errors, jwtVerify } from 'jose'
import { people } from '../people.js'
import type { SigningKeys } from '../signing-keys.js'
import { entraErrors, type EntraError } from './entra-error.js'
import { tenantUrls } from './tenant-urls.js'

const UserClaims = t.strict({ tid: t.string, oid: t.string, idtyp: t.literal('user') }, 'UserClaims')

/**
 * Reads on whose behalf Lethe asks: an access token for Lethe itself, of this tenant, genuine and in time.
 *
 * Source: Microsoft identity platform, OAuth 2.0 on-behalf-of flow.
 *
 * @returns the name of the person, or why the assertion is refused.
 */
export const verifyUserAssertion =
  (baseUrl: string, keys: SigningKeys, clientId: string) =>
  (tenant: string, assertion: string): TE.TaskEither<EntraError, string> =>
  async () => {
    try {
      const { payload } = await jwtVerify(assertion, keys.publicKey, {
        algorithms: ['RS256'],
        issuer: tenantUrls(baseUrl, tenant).issuer,
        audience: [clientId, `api://${clientId}`],
        requiredClaims: ['exp', 'tid'],
      })
      const user = UserClaims.decode(payload)
      if (E.isLeft(user) || user.right.tid !== tenant) return E.left(entraErrors.userAssertionWrong)
      const name = personOf(user.right)
      return name === undefined ? E.left(entraErrors.consentMissing) : E.right(name)
    } catch (error) {
      if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud')
        return E.left(entraErrors.userAssertionForAnother)
      if (error instanceof errors.JOSEError || error instanceof TypeError)
        return E.left(entraErrors.userAssertionWrong)
      throw error
    }
  }

const personOf = ({ tid, oid }: t.TypeOf<typeof UserClaims>): string | undefined =>
  [...people].find(([, person]) => person.tid === tid && person.claims['oid'] === oid)?.[0]
