import * as E from 'fp-ts/lib/Either.js'
import { letheCliClientId } from '../people.js'
import { entraErrors, type EntraError } from './entra-error.js'
import { codeLifetimes, type PendingGrants } from './pending-grants.js'
import { signatoriesOf } from './public-client.js'
import { readPublicScopes } from './public-scopes.js'

/** Source: RFC 8628, 3.2. */
interface DeviceAnswer {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
  /** In seconds. */
  readonly expires_in: number
  readonly interval: number
  readonly message: string
}

/** Where a person confirms a code. */
export const devicePagePath = '/sandbox/device'

/** Begins a sign-in on a device that has no browser. */
export const answerDeviceRequest =
  (baseUrl: string, grants: PendingGrants) =>
  (tenant: string, form: URLSearchParams): E.Either<EntraError, DeviceAnswer> => {
    const clientId = form.get('client_id')
    if (signatoriesOf(tenant) === null) return E.left(entraErrors.unknownTenant)
    if (clientId === null) return E.left(entraErrors.parameterMissing('client_id'))
    if (clientId !== letheCliClientId) return E.left(entraErrors.unknownClient)
    const scope = form.get('scope')
    const scopes = readPublicScopes(scope)
    if (E.isLeft(scopes)) return scopes
    const { deviceCode, userCode } = grants.beginDevice({ clientId, tenant, scope: scope ?? '' })
    const page = `${baseUrl}${devicePagePath}`
    return E.right({
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: page,
      expires_in: codeLifetimes.device,
      interval: codeLifetimes.interval,
      message: `To sign in, open the page ${page} and enter the code ${userCode}.`,
    })
  }
