import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** Stands for Entra: publishes its metadata and its key over loopback, and signs. */
export interface Issuer {
  readonly template: string
  readonly audience: string
  readonly tokenFor: (tenantId: string, person: string) => Promise<string>
  readonly close: () => Promise<void>
}

const kid = 'bench'
const audience = '3f6d2a7e-1c54-4b0f-9c6a-7d1e5b8f0a21'

export const openIssuer = async (): Promise<Issuer> => {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const tenant = path.split('/')[1] ?? ''
    response.setHeader('Content-Type', 'application/json')
    response.end(
      JSON.stringify(
        path.endsWith('/.well-known/openid-configuration')
          ? { issuer: issuerOf(tenant), jwks_uri: `${base}/${tenant}/keys` }
          : { keys: [jwk] },
      ),
    )
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The issuer has no port')
  const base = `http://127.0.0.1:${address.port}`
  const issuerOf = (tenant: string): string => `${base}/${tenant}/v2.0`

  return {
    template: issuerOf('{tenantid}'),
    audience,
    tokenFor: (tenantId, person) => {
      const now = Math.floor(Date.now() / 1000)
      return new SignJWT({
        iss: issuerOf(tenantId),
        aud: audience,
        iat: now,
        nbf: now,
        exp: now + 7200,
        ver: '2.0',
        tid: tenantId,
        oid: person,
        sub: person,
        azp: '5d2c9f3b-7a1e-4e66-8b0d-2f4a6c8e1b37',
        scp: 'CrossTenantUserProfileSharing.ReadWrite.All PersonalDataRemoval.Approve.All',
        roles: ['PersonalDataRemoval.Approver'],
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
        .sign(privateKey)
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
