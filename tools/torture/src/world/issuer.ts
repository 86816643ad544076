import type { TenantId } from '@lethe/domain'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { people, type Person, tenants } from './cast.js'
import { openLoopbackServer } from './loopback-server.js'

/** Stands for Entra: publishes its metadata and its key over loopback, and signs. */
export interface Issuer {
  readonly template: string
  readonly audience: string
  readonly tokenOf: (tenantId: TenantId, person: Person) => string
  readonly port: number
  readonly close: () => Promise<void>
}

const kid = 'torture'
const audience = '3f6d2a7e-1c54-4b0f-9c6a-7d1e5b8f0a21'
/** Clocks are moved by days, and no token is to expire by that. */
const lifetimeSeconds = 2000 * 86_400

export const openIssuer = async (): Promise<Issuer> => {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }
  const issuerOf = (base: string, tenant: string): string => `${base}/${tenant}/v2.0`
  const server = await openLoopbackServer((request, response) => {
    const path = request.url ?? ''
    const tenant = path.split('/')[1] ?? ''
    const base = `http://${request.headers.host ?? ''}`
    response.setHeader('Content-Type', 'application/json')
    response.end(
      JSON.stringify(
        path.endsWith('/.well-known/openid-configuration')
          ? { issuer: issuerOf(base, tenant), jwks_uri: `${base}/${tenant}/keys` }
          : { keys: [jwk] },
      ),
    )
  })
  const sign = (tenantId: TenantId, { userId, claims }: Person): Promise<string> => {
    const now = Math.floor(Date.now() / 1000)
    return new SignJWT({
      iss: issuerOf(server.url, tenantId),
      aud: audience,
      iat: now - lifetimeSeconds,
      nbf: now - lifetimeSeconds,
      exp: now + lifetimeSeconds,
      ver: '2.0',
      tid: tenantId,
      oid: userId,
      sub: userId,
      azp: '5d2c9f3b-7a1e-4e66-8b0d-2f4a6c8e1b37',
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
      .sign(privateKey)
  }
  const tokens = new Map<string, string>()
  for (const tenantId of tenants)
    for (const person of people) tokens.set(`${tenantId} ${person.name}`, await sign(tenantId, person))
  return {
    template: issuerOf(server.url, '{tenantid}'),
    audience,
    tokenOf: (tenantId, person) => tokens.get(`${tenantId} ${person.name}`) ?? '',
    port: server.port,
    close: server.close,
  }
}
