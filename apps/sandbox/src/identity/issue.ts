import { people } from '../people.js'
import type { SigningKeys } from '../signing-keys.js'
import type { ClientProof } from './client-authentication.js'
import {
  applicationPermissions,
  graphAccessOf,
  graphAudience,
  graphResource,
  servicePrincipals,
} from './graph-access.js'
import type { AskedScopes } from './graph-scopes.js'
import { issueRefreshToken } from './refresh-tokens.js'
import { tenantUrls } from './tenant-urls.js'
import { lifeOf, signed, uniqueness, usualLifetimeSeconds } from './tokens.js'

/** The answer of the token endpoint (RFC 6749, 5.1, and Entra's additions). */
export interface TokenAnswer {
  readonly token_type: 'Bearer'
  readonly access_token: string
  /** In seconds. */
  readonly expires_in: number
  readonly ext_expires_in: number
  readonly scope?: string
  readonly refresh_token?: string
  readonly id_token?: string
  readonly client_info?: string
}

export interface IssueDeps {
  readonly baseUrl: string
  readonly keys: SigningKeys
  readonly clientId: string
}

/** What goes into a Graph token, whoever it is for. */
export interface Issuing {
  readonly tenant: string
  /** `none` for a public client. */
  readonly proof: ClientProof | 'none'
  /** Claims that were asked for. */
  readonly granted: Readonly<Record<string, unknown>>
}

/** A Graph token for Lethe itself. */
export const issueToApplication = async (deps: IssueDeps, issuing: Issuing): Promise<TokenAnswer> => {
  const oid = servicePrincipals.get(issuing.tenant)
  return answer(
    await accessToken(deps, issuing, { oid, sub: oid, idtyp: 'app', roles: applicationPermissions }),
  )
}

/** What a Graph token on somebody's behalf is issued by. */
export interface Delegation extends Issuing {
  readonly person: string
  readonly asked: AskedScopes
  /** Whether the client asks for `client_info`. */
  readonly clientInfo: boolean
  /** What the id token repeats. */
  readonly nonce?: string | null
}

/** What was asked for beside an access token. */
interface OpenIdRequest {
  readonly tenant: string
  readonly person: string
  readonly openId: ReadonlySet<string>
  readonly clientInfo: boolean
  readonly nonce: string | null
}

/** The tokens that go along with an access token. */
export const openIdAnswer = async (
  deps: IssueDeps,
  { tenant, person, openId, clientInfo, nonce }: OpenIdRequest,
): Promise<Pick<TokenAnswer, 'refresh_token' | 'id_token' | 'client_info'>> => {
  const known = people.get(person)?.claims ?? {}
  const who = {
    oid: known['oid'],
    sub: known['sub'],
    name: known['name'],
    preferred_username: known['preferred_username'],
    ...(nonce === null ? {} : { nonce }),
  }
  return {
    ...(openId.has('offline_access')
      ? { refresh_token: await issueRefreshToken(deps.keys, tenant, person, deps.clientId) }
      : {}),
    ...(openId.has('openid') ? { id_token: await idToken(deps, tenant, who) } : {}),
    ...(clientInfo ? { client_info: encoded({ uid: known['oid'], utid: tenant }) } : {}),
  }
}

/** A Graph token on somebody's behalf, with what else was asked for: refresh token, id token, client info. */
export const issueToPerson = async (deps: IssueDeps, delegation: Delegation): Promise<TokenAnswer> => {
  const { tenant, person, asked, clientInfo, nonce = null } = delegation
  const { scopes, directoryRoles } = graphAccessOf(person)
  const granted = asked.graph === 'default' ? scopes : asked.graph
  const known = people.get(person)?.claims ?? {}
  const who = { oid: known['oid'], sub: known['sub'], name: known['name'] }
  const token = await accessToken(deps, delegation, {
    ...who,
    idtyp: 'user',
    acct: 0,
    scp: granted.join(' '),
    wids: directoryRoles,
  })
  return {
    ...answer(token),
    scope: [
      ...new Set([...granted.map(name => `${graphResource}/${name}`), ...asked.spelt, ...asked.openId]),
    ].join(' '),
    ...(await openIdAnswer(deps, { tenant, person, openId: asked.openId, clientInfo, nonce })),
  }
}

/** Source: Microsoft identity platform, access token claims, `azpacr`. */
const strengths: Readonly<Record<Issuing['proof'], string>> = {
  none: '0',
  secret: '1',
  certificate: '2',
  federated: '2',
}

const answer = (accessToken: string): TokenAnswer => ({
  token_type: 'Bearer',
  access_token: accessToken,
  expires_in: usualLifetimeSeconds,
  ext_expires_in: usualLifetimeSeconds,
})

const accessToken = (
  { baseUrl, keys, clientId }: IssueDeps,
  { tenant, proof, granted }: Issuing,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> =>
  signed(keys, {
    aud: graphAudience,
    iss: tenantUrls(baseUrl, tenant).issuer,
    tid: tenant,
    ver: '2.0',
    azp: clientId,
    azpacr: strengths[proof],
    ...lifeOf(usualLifetimeSeconds),
    ...uniqueness(),
    ...claims,
    ...granted,
  })

const idToken = (
  { baseUrl, keys, clientId }: IssueDeps,
  tenant: string,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> =>
  signed(keys, {
    aud: clientId,
    iss: tenantUrls(baseUrl, tenant).issuer,
    tid: tenant,
    ver: '2.0',
    ...lifeOf(usualLifetimeSeconds),
    ...uniqueness(),
    ...claims,
  })

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
