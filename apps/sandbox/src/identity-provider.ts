import { personalAccountTenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import * as t from 'io-ts'
import { SignJWT } from 'jose'
import { contoso, letheClientId, northwind, people, type Person } from './people.js'
import type { SigningKeys } from './signing-keys.js'

const TokenRequest = t.exact(
  t.intersection([
    t.type({ as: t.string }),
    t.partial({
      claims: t.UnknownRecord,
      expiresInSeconds: t.number,
      key: t.literal('rogue'),
    }),
  ]),
)
type TokenRequest = t.TypeOf<typeof TokenRequest>

const usualLifetimeSeconds = 3600
const tenants: ReadonlySet<string> = new Set([contoso, northwind, personalAccountTenantId])

/**
 * The sandbox's identity provider, in the place of Microsoft Entra: discovery and keys under each tenant's issuer, and
 * tokens for whoever asks. For tests and demos only.
 *
 * @param baseUrl where it is reached, without a slash at the end.
 */
export const identityProvider = (baseUrl: string, keys: SigningKeys): Hono => {
  const app = new Hono()
  const issuerOf = (tenant: string): string => `${baseUrl}/${tenant}/v2.0`
  const known = (tenant: string): boolean => tenants.has(tenant)

  app.get('/', c =>
    c.text(
      [
        'The identity provider of the Lethe sandbox.',
        '',
        `POST /sandbox/token {"as":"…"} gives a token for one of: ${[...people.keys()].join(', ')}.`,
        '',
      ].join('\n'),
    ),
  )

  app.get('/:tenant/v2.0/.well-known/openid-configuration', c => {
    const tenant = c.req.param('tenant')
    return known(tenant)
      ? c.json({
          issuer: issuerOf(tenant),
          jwks_uri: `${baseUrl}/${tenant}/discovery/v2.0/keys`,
          token_endpoint: `${baseUrl}/${tenant}/oauth2/v2.0/token`,
          authorization_endpoint: `${baseUrl}/${tenant}/oauth2/v2.0/authorize`,
          response_types_supported: ['code'],
          subject_types_supported: ['pairwise'],
          id_token_signing_alg_values_supported: ['RS256'],
        })
      : c.notFound()
  })

  app.get('/:tenant/discovery/v2.0/keys', c =>
    known(c.req.param('tenant'))
      ? c.json({
          keys: [
            { ...keys.publicJwk, kid: keys.kid, use: 'sig', alg: 'RS256', issuer: issuerOf('{tenantid}') },
          ],
        })
      : c.notFound(),
  )

  app.post('/sandbox/token', bodyLimit({ maxSize: 64 * 1024 }), async c => {
    const asked = TokenRequest.decode(parsed(await c.req.text()))
    const person = E.isRight(asked) ? people.get(asked.right.as) : undefined
    if (E.isLeft(asked) || person === undefined)
      return c.json(
        {
          error: 'invalid_request',
          error_description: `Expected {"as": one of ${[...people.keys()].join(', ')}}, and optionally "claims" (an object), "expiresInSeconds" (a number), "key" ("rogue").`,
        },
        400,
      )
    const token = await sign(keys, asked.right, claimsOf(person, asked.right, issuerOf(person.tid)))
    return c.req.header('Accept') === 'text/plain'
      ? c.text(token)
      : c.json({ access_token: token, token_type: 'Bearer' })
  })
  return app
}

const claimsOf = (person: Person, asked: TokenRequest, issuer: string): Readonly<Record<string, unknown>> => {
  const now = Math.floor(Date.now() / 1000)
  const merged = {
    aud: letheClientId,
    iss: issuer,
    tid: person.tid,
    iat: now,
    nbf: now,
    exp: now + (asked.expiresInSeconds ?? usualLifetimeSeconds),
    ver: '2.0',
    ...person.claims,
    ...asked.claims,
  }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
}

const sign = (
  keys: SigningKeys,
  asked: TokenRequest,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: keys.kid })
    .sign(asked.key === 'rogue' ? keys.rogue : keys.published)

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
