import { type AuthenticationResult, AuthError, InteractionRequiredAuthError } from '@azure/msal-node'
import { decodeJwt, SignJWT } from 'jose'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { federatedCredential } from '../src/identity/client-registration.js'
import { graphAudience } from '../src/identity/graph-access.js'
import { contoso, letheClientId, northwind, people } from '../src/people.js'
import { removeFolders } from './making/folders.js'
import { carryPlain, msalClient } from './making/msal.js'
import { openProvider, stopProviders, tokenFrom } from './making/provider.js'

const provider = await openProvider()
const { baseUrl, registration } = provider
afterAll(async () => {
  await stopProviders()
  await removeFolders()
})
beforeEach(() => {
  for (const person of people.keys()) provider.signIns.put(person, { state: 'ok' })
})

const scopes = ['https://graph.microsoft.com/.default']
const readWrite = 'CrossTenantUserProfileSharing.ReadWrite.All'
const read = 'CrossTenantUserProfileSharing.Read.All'
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'
const secret = { clientSecret: registration.secret }

const tokenIn = (result: AuthenticationResult | null): string => {
  if (result === null) throw new Error('MSAL gave nothing')
  return result.accessToken
}

const refusalOf = async (asked: Promise<unknown>): Promise<AuthError> => {
  try {
    await asked
  } catch (error) {
    if (error instanceof AuthError) return error
    throw error
  }
  throw new Error('Nothing was refused')
}

describe('a token for Lethe itself', () => {
  test.each([contoso, northwind])('is given for the secret, in tenant %s', async tenant => {
    const client = msalClient(baseUrl, tenant, secret)
    const claims = decodeJwt(tokenIn(await client.acquireTokenByClientCredential({ scopes })))
    expect(claims).toMatchObject({
      aud: graphAudience,
      iss: `${baseUrl}/${tenant}/v2.0`,
      tid: tenant,
      azp: letheClientId,
      azpacr: '1',
      idtyp: 'app',
      roles: [readWrite, read],
    })
    expect(claims).not.toHaveProperty('scp')
  })

  test('is given for the certificate', async () => {
    const { thumbprintSha256, privateKeyPem, certificatePem } = registration.certificate
    const client = msalClient(baseUrl, contoso, {
      clientCertificate: { thumbprintSha256, privateKey: privateKeyPem, x5c: certificatePem },
    })
    const claims = decodeJwt(tokenIn(await client.acquireTokenByClientCredential({ scopes })))
    expect(claims).toMatchObject({ tid: contoso, azpacr: '2' })
  })

  test.each(['RS256', 'PS256'])('is given for an assertion signed with %s', async alg => {
    const client = msalClient(baseUrl, contoso, {
      clientAssertion: async ({ clientId, tokenEndpoint }) =>
        new SignJWT()
          .setProtectedHeader({ alg })
          .setIssuer(clientId)
          .setSubject(clientId)
          .setAudience(tokenEndpoint ?? '')
          .setExpirationTime('5m')
          .sign(createPrivateKey(registration.certificate.privateKeyPem)),
    })
    expect(decodeJwt(tokenIn(await client.acquireTokenByClientCredential({ scopes })))).toMatchObject({
      tid: contoso,
    })
  })

  const now = () => Math.floor(Date.now() / 1000)
  const assertionFrom = (notBefore: number) =>
    msalClient(baseUrl, contoso, {
      clientAssertion: ({ clientId, tokenEndpoint }) =>
        new SignJWT({ iss: clientId, sub: clientId, aud: tokenEndpoint ?? '' })
          .setProtectedHeader({ alg: 'PS256' })
          .setNotBefore(notBefore)
          .setExpirationTime(notBefore + 600)
          .sign(createPrivateKey(registration.certificate.privateKeyPem)),
    }).acquireTokenByClientCredential({ scopes })

  test('is given where the clock of the client is a little off', async () => {
    expect(decodeJwt(tokenIn(await assertionFrom(now() + 60)))).toMatchObject({ idtyp: 'app' })
  })

  test('is not given where it is far off', async () => {
    for (const notBefore of [now() + 3600, now() - 3600])
      expect((await refusalOf(assertionFrom(notBefore))).errorCode).toBe('invalid_client')
  })

  test('is given for a federated credential', async () => {
    const claims = { aud: federatedCredential.audience, sub: federatedCredential.subject }
    const client = msalClient(baseUrl, contoso, {
      clientAssertion: () => tokenFrom(baseUrl, { as: 'daemon', claims }),
    })
    expect(decodeJwt(tokenIn(await client.acquireTokenByClientCredential({ scopes })))).toMatchObject({
      idtyp: 'app',
    })
  })

  test('is not given for a wrong secret', async () => {
    const client = msalClient(baseUrl, contoso, { clientSecret: 'wrong' })
    const refusal = await refusalOf(client.acquireTokenByClientCredential({ scopes }))
    expect(refusal.errorCode).toBe('invalid_client')
    expect(refusal.message).toContain('AADSTS7000215')
  })

  test("is not given for somebody else's key", async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const client = msalClient(baseUrl, contoso, {
      clientCertificate: {
        thumbprintSha256: registration.certificate.thumbprintSha256,
        privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      },
    })
    const refusal = await refusalOf(client.acquireTokenByClientCredential({ scopes }))
    expect(refusal.errorCode).toBe('invalid_client')
    expect(refusal.message).toContain('AADSTS700027')
  })

  test('is not given for a token of a stranger', async () => {
    const client = msalClient(baseUrl, contoso, {
      clientAssertion: () => tokenFrom(baseUrl, { as: 'daemon' }),
    })
    expect((await refusalOf(client.acquireTokenByClientCredential({ scopes }))).errorCode).toBe(
      'invalid_client',
    )
  })

  test('holds the claims that were asked for', async () => {
    const client = msalClient(baseUrl, contoso, { ...secret, clientCapabilities: ['cp1'] })
    const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } })
    const token = tokenIn(await client.acquireTokenByClientCredential({ scopes, claims }))
    expect(decodeJwt(token)).toMatchObject({ acrs: ['c1'], xms_cc: ['cp1'] })
  })
})

describe("a token on somebody's behalf", () => {
  test.each(['adele', 'megan', 'isaiah'])('lets %s remove at Graph', async as => {
    const client = msalClient(baseUrl, contoso, secret)
    const oboAssertion = await tokenFrom(baseUrl, { as })
    const claims = decodeJwt(tokenIn(await client.acquireTokenOnBehalfOf({ oboAssertion, scopes })))
    expect(claims).toMatchObject({
      aud: graphAudience,
      tid: contoso,
      oid: people.get(as)?.claims['oid'],
      idtyp: 'user',
      acct: 0,
      scp: readWrite,
      wids: [globalAdministrator],
    })
    expect(claims).not.toHaveProperty('roles')
  })

  test('lets a reader read', async () => {
    const client = msalClient(baseUrl, contoso, secret)
    const oboAssertion = await tokenFrom(baseUrl, { as: 'pradeep' })
    const claims = decodeJwt(tokenIn(await client.acquireTokenOnBehalfOf({ oboAssertion, scopes })))
    expect(claims).toMatchObject({ scp: read, wids: [] })
  })

  test('is renewed in silence, with the refresh token that came with it', async () => {
    const carried = carryPlain()
    const client = msalClient(baseUrl, contoso, secret, carried)
    const oboAssertion = await tokenFrom(baseUrl, { as: 'megan' })
    const first = await client.acquireTokenOnBehalfOf({ oboAssertion, scopes })
    const [account] = await client.getTokenCache().getAllAccounts()
    if (account === undefined) throw new Error('MSAL keeps no account')
    expect(account.homeAccountId).toBe(`${String(people.get('megan')?.claims['oid'])}.${contoso}`)
    const asked = carried.paths.length
    const renewed = await client.acquireTokenSilent({ account, scopes, forceRefresh: true })
    expect(carried.paths.slice(asked)).toEqual([`/${contoso}/oauth2/v2.0/token`])
    expect(renewed.accessToken).not.toBe(tokenIn(first))
    expect(decodeJwt(renewed.accessToken)).toMatchObject({ oid: people.get('megan')?.claims['oid'] })
  })

  test('needs somebody to sign in again where a factor is missing, at once and in silence', async () => {
    const client = msalClient(baseUrl, contoso, secret)
    const oboAssertion = await tokenFrom(baseUrl, { as: 'megan' })
    await client.acquireTokenOnBehalfOf({ oboAssertion, scopes })
    const [account] = await client.getTokenCache().getAllAccounts()
    if (account === undefined) throw new Error('MSAL keeps no account')
    const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } })
    provider.signIns.put('megan', { state: 'needsInteraction', claims })

    for (const asked of [
      () => client.acquireTokenSilent({ account, scopes, forceRefresh: true }),
      () => client.acquireTokenOnBehalfOf({ oboAssertion, scopes, skipCache: true }),
    ]) {
      const refusal = await refusalOf(asked())
      expect(refusal).toBeInstanceOf(InteractionRequiredAuthError)
      expect(refusal).toMatchObject({ errorCode: 'interaction_required', claims })
    }

    provider.signIns.put('megan', { state: 'ok' })
    expect(await client.acquireTokenSilent({ account, scopes, forceRefresh: true })).toMatchObject({
      tokenType: 'Bearer',
    })
  })

  test('is refused once the sign-in is revoked', async () => {
    const client = msalClient(baseUrl, contoso, secret)
    const oboAssertion = await tokenFrom(baseUrl, { as: 'isaiah' })
    provider.signIns.put('isaiah', { state: 'revoked' })
    const refusal = await refusalOf(client.acquireTokenOnBehalfOf({ oboAssertion, scopes }))
    expect(refusal).toBeInstanceOf(InteractionRequiredAuthError)
    expect(refusal.message).toContain('AADSTS50173')
  })

  test.each([
    ['that has expired', { as: 'megan', expiresInSeconds: -60 }, 'AADSTS500133'],
    ['with a forged signature', { as: 'megan', key: 'rogue' }, 'AADSTS500133'],
    ['for another audience', { as: 'megan', claims: { aud: 'another' } }, 'AADSTS500131'],
    ['of another tenant', { as: 'omar' }, 'AADSTS500133'],
    ['of an application', { as: 'daemon' }, 'AADSTS500133'],
    ['of somebody who consented to nothing', { as: 'megan', claims: { oid: letheClientId } }, 'AADSTS65001'],
  ])('is refused for an assertion %s', async (_, body, code) => {
    const client = msalClient(baseUrl, contoso, secret)
    const oboAssertion = await tokenFrom(baseUrl, body)
    const refusal = await refusalOf(client.acquireTokenOnBehalfOf({ oboAssertion, scopes }))
    expect(refusal.message).toContain(code)
  })
})
