import { personalAccountTenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import * as t from 'io-ts'
import { spelledHttps, tenantUrls } from './identity/tenant-urls.js'
import { authorizeRoutes } from './identity/authorize-routes.js'
import { devicePageRoutes } from './identity/device-page-routes.js'
import { letheTokenClaims } from './identity/lethe-token.js'
import { createPendingGrants } from './identity/pending-grants.js'
import { deviceCodeRoute, signInRoute, tokenRoute } from './identity/token-routes.js'
import type { TokenEndpointDeps } from './identity/grant-checks.js'
import { signed, usualLifetimeSeconds } from './identity/tokens.js'
import { parsedJson } from './parsed-json.js'
import { contoso, northwind, people, type Person } from './people.js'

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

const tenants: ReadonlySet<string> = new Set([contoso, northwind, personalAccountTenantId])

/**
 * The sandbox's identity provider, in the place of Microsoft Entra: discovery and keys under each tenant's issuer,
 * tokens for whoever asks, tokens for Graph for Lethe, and sign-ins for the command line. For tests and demos only.
 */
export const identityProvider = (deps: TokenEndpointDeps): Hono => {
  const { baseUrl, keys } = deps
  const app = new Hono()
  const known = (tenant: string): boolean => tenants.has(tenant)

  app.get('/', c =>
    c.text(
      [
        'The identity provider of the Lethe sandbox.',
        '',
        `POST /sandbox/token {"as":"…"} gives a token for one of: ${[...people.keys()].join(', ')}.`,
        'GET /sandbox/device is the page where a device code is confirmed.',
        'PUT /sandbox/sign-ins/{person} {"state":"ok"|"revoked"|"needsInteraction"} takes a sign-in away, or gives it back.',
        '',
      ].join('\n'),
    ),
  )

  app.get('/:tenant/v2.0/.well-known/openid-configuration', c => {
    const tenant = c.req.param('tenant')
    if (!known(tenant)) return c.notFound()
    const { issuer, keySet, token, authorization, deviceAuthorization } = tenantUrls(
      baseOf(c, baseUrl),
      tenant,
    )
    return c.json({
      issuer,
      jwks_uri: keySet,
      token_endpoint: token,
      authorization_endpoint: authorization,
      device_authorization_endpoint: deviceAuthorization,
      response_modes_supported: ['query', 'form_post'],
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
    })
  })

  app.get('/:tenant/discovery/v2.0/keys', c =>
    known(c.req.param('tenant'))
      ? c.json({
          keys: [
            {
              ...keys.publicJwk,
              kid: keys.kid,
              use: 'sig',
              alg: 'RS256',
              issuer: tenantUrls(baseUrl, '{tenantid}').issuer,
            },
          ],
        })
      : c.notFound(),
  )

  const grants = createPendingGrants(deps.now ?? Date.now)
  tokenRoute(app, deps, grants)
  deviceCodeRoute(app, deps, grants)
  authorizeRoutes(app, grants)
  devicePageRoutes(app, grants)
  signInRoute(app, deps)

  app.post('/sandbox/token', bodyLimit({ maxSize: 64 * 1024 }), async c => {
    const asked = TokenRequest.decode(parsedJson(await c.req.text()))
    const person = E.isRight(asked) ? people.get(asked.right.as) : undefined
    if (E.isLeft(asked) || person === undefined)
      return c.json(
        {
          error: 'invalid_request',
          error_description: `Expected {"as": one of ${[...people.keys()].join(', ')}}, and optionally "claims" (an object), "expiresInSeconds" (a number), "key" ("rogue").`,
        },
        400,
      )
    const claims = claimsOf(person, asked.right, tenantUrls(baseUrl, person.tid).issuer)
    const token = await signed(keys, claims, asked.right.key)
    return c.req.header('Accept') === 'text/plain'
      ? c.text(token)
      : c.json({ access_token: token, token_type: 'Bearer' })
  })
  return app
}

/**
 * MSAL takes nothing but https. Where whoever carries its requests says so with `X-Forwarded-Proto: https`, discovery
 * spells every address so; the tokens' issuer is always spelled http.
 */
const baseOf = (c: Context, baseUrl: string): string =>
  c.req.header('X-Forwarded-Proto') === 'https' ? spelledHttps(baseUrl) : baseUrl

const claimsOf = (person: Person, asked: TokenRequest, issuer: string): Readonly<Record<string, unknown>> => {
  const seconds = asked.expiresInSeconds ?? usualLifetimeSeconds
  const merged = { ...letheTokenClaims(person, issuer, seconds), ...asked.claims }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
}
