import { createServer } from 'node:http'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose'
import { type Claims, people, type PersonName } from './people.js'

/** The audience of Lethe's tokens. */
export const audience = 'a3d5e7f9-0b2c-4d6e-8f1a-2b3c4d5e6f70'

/** What makes a token differ from a good one. An `undefined` claim is left out. */
export interface Forgery {
  readonly claims?: Claims
  readonly header?: Partial<JWTHeaderParameters>
  readonly key?: CryptoKey | Uint8Array
}

/** Stands for Entra: publishes its metadata and its key over loopback, and signs. */
export interface Issuer {
  /** What `LETHE_ISSUERS` has to say. */
  readonly template: string
  readonly issuerOf: (tenant: string) => string
  readonly tokenOf: (name: PersonName, forgery?: Forgery) => Promise<string>
  readonly rogueKey: CryptoKey
  readonly publicKey: CryptoKey
  /** Gives this in place of the page of its keys, from now on. */
  readonly publish: (page: string) => void
  readonly close: () => Promise<void>
}

const kid = 'the-published-key'

export const openIssuer = async (): Promise<Issuer> => {
  const published = await generateKeyPair('RS256', { extractable: true })
  const rogue = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(published.publicKey)), kid, use: 'sig', alg: 'RS256' }
  let page = JSON.stringify({ keys: [jwk] })
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const tenant = path.split('/')[1] ?? ''
    response.setHeader('Content-Type', 'application/json')
    response.end(
      path.endsWith('/.well-known/openid-configuration')
        ? JSON.stringify({ issuer: issuerOf(tenant), jwks_uri: `${base}/${tenant}/keys` })
        : page,
    )
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The issuer has no port')
  const base = `http://127.0.0.1:${address.port}`
  const issuerOf = (tenant: string): string => `${base}/${tenant}/v2.0`

  const tokenOf = (name: PersonName, { claims, header, key }: Forgery = {}): Promise<string> => {
    const now = Math.floor(Date.now() / 1000)
    const tid = String(people[name]['tid'])
    const payload = {
      iss: issuerOf(tid),
      aud: audience,
      iat: now,
      nbf: now,
      exp: now + 3600,
      ...people[name],
      ...claims,
    }
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, ...header })
      .sign(key ?? published.privateKey)
  }

  return {
    template: issuerOf('{tenantid}'),
    issuerOf,
    tokenOf,
    rogueKey: rogue.privateKey,
    publicKey: published.publicKey,
    publish: next => {
      page = next
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
