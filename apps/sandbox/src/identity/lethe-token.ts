import { letheClientId, type Person } from '../people.js'
import { lifeOf } from './tokens.js'

/**
 * What an access token for Lethe says of a person.
 *
 * @param seconds how long it is good for.
 */
export const letheTokenClaims = (
  person: Person,
  issuer: string,
  seconds: number,
): Readonly<Record<string, unknown>> => ({
  aud: letheClientId,
  iss: issuer,
  tid: person.tid,
  ...lifeOf(seconds),
  ver: '2.0',
  ...person.claims,
})
