import { personalAccountTenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, it } from 'vitest'
import { closeIssuers, openIssuer } from './fake-issuer.js'
import {
  type Claims,
  claimsOf,
  contoso,
  makeKey,
  movableClock,
  northwind,
  resultOf,
  sign,
  userId,
  verifierFor,
} from './tokens.js'

const key = await makeKey('first')
const appId = '44444444-4444-4444-8444-444444444444'

afterEach(closeIssuers)

const verify = async (claimsFor: (issuer: Awaited<ReturnType<typeof openIssuer>>) => Claims) => {
  const issuer = await openIssuer(key.jwk)
  const verifier = verifierFor(issuer, movableClock())
  return verifier.verify(await sign(key, claimsOf(issuer, claimsFor(issuer))))()
}

describe('a genuine token', () => {
  it('of v2 says who calls', async () => {
    expect(await verify(() => ({ azp: appId }))).toEqual(
      E.right({
        caller: E.right({
          kind: 'workAccount',
          tenantId: contoso,
          userId,
          appId,
          scopes: ['access'],
          appRoles: [],
          directoryRoles: [],
          guest: false,
          agent: false,
        }),
      }),
    )
  })

  it('of v1 says who calls', async () => {
    const claims = { tid: northwind, appid: appId, scp: undefined, idtyp: 'app', roles: ['Do.All'] }
    expect(await verify(issuer => ({ ...claims, iss: issuer.v1(northwind) }))).toEqual(
      E.right({
        caller: E.right({ kind: 'application', tenantId: northwind, appId, appRoles: ['Do.All'] }),
      }),
    )
  })

  it('of an issuer at ciamlogin.com, which names its tenant twice, says who calls', async () => {
    const iss = `https://${contoso}.ciamlogin.com/${contoso}/v2.0`
    const asked: Array<string> = []
    const verifier = verifierFor(await openIssuer(), movableClock(), {
      issuers: ['https://{tenantid}.ciamlogin.com/{tenantid}/v2.0'],
      fetch: ({ href: url }) => {
        asked.push(url)
        const isMetadata = url.endsWith('/.well-known/openid-configuration')
        return Promise.resolve(
          Response.json(isMetadata ? { issuer: iss, jwks_uri: `${iss}/keys` } : { keys: [key.jwk] }),
        )
      },
    })
    const token = await sign(key, { ...claimsOf(await openIssuer()), iss })
    expect(await resultOf(verifier, token)).toBe('accepted')
    expect(asked).toEqual([`${iss}/.well-known/openid-configuration`, `${iss}/keys`])
  })

  it('of a personal account verifies, and says so', async () => {
    const tid = personalAccountTenantId
    expect(await verify(issuer => ({ tid, iss: issuer.v2(tid) }))).toEqual(
      E.right({
        caller: E.right({ kind: 'personalAccount', appRoles: [] }),
      }),
    )
  })

  it('that does not say who calls is not refused', async () => {
    expect(await verify(() => ({ scp: undefined }))).toEqual(
      E.right({ caller: E.left({ _tag: 'CallerUnrecognised' }) }),
    )
  })

  it('may be of any typ', async () => {
    const issuer = await openIssuer(key.jwk)
    const verifier = verifierFor(issuer, movableClock())
    expect(await resultOf(verifier, await sign(key, claimsOf(issuer), { typ: 'at+jwt' }))).toBe('accepted')
  })
})
