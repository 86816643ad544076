import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { jwtVerify } from 'jose'
import { Agent } from 'undici'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { federatedTokenFile, graphTokens, msalCredentialOf } from '../../src/index.js'
import { contoso, northwind } from '../tokens.js'
import { selfSigned } from './making/certificate.js'
import { closeEntras, openEntra } from './making/fake-entra.js'
import {
  applicationProcess,
  clientSecret,
  closeProcesses,
  meganSignedIn,
  reading,
  removal,
  testClock,
  tokenOf,
} from './making/setting-up.js'

afterEach(async () => {
  vi.useRealTimers()
  await closeProcesses()
  await closeEntras()
})

describe('tokens in the name of the application', () => {
  it('are asked for anew once Graph refused one, at most once a minute, and for that tenant alone', async () => {
    const [entra, clock] = [await openEntra(), testClock()] as const
    const process = applicationProcess(entra, { clock })
    expect(await tokenOf(process, reading)).toBe('app-1')
    expect(await tokenOf(process, { ...reading, tenantId: northwind })).toBe('app-2')

    process.distrust(contoso)
    expect(await tokenOf(process, reading)).toBe('app-3')
    expect(await tokenOf(process, { ...reading, tenantId: northwind })).toBe('app-2')
    process.distrust(contoso)
    expect(await tokenOf(process, reading)).toBe('app-3')

    clock.forward(60)
    process.distrust(contoso)
    expect(await tokenOf(process, reading)).toBe('app-4')
    expect(await tokenOf(process, reading)).toBe('app-4')
  })

  it('are asked for with the secret, for all of Graph, from the authority of the tenant', async () => {
    const entra = await openEntra()
    expect(await tokenOf(applicationProcess(entra), reading)).toBe('app-1')

    const [call] = entra.calls
    expect(call?.path).toBe(`/${contoso}/oauth2/v2.0/token`)
    expect(Object.fromEntries(call?.form ?? [])).toMatchObject({
      grant_type: 'client_credentials',
      client_id: 'lethe',
      client_secret: clientSecret,
      scope: 'https://graph.example/.default',
    })
  })

  it('are kept while they are good, for reads and removals alike', async () => {
    const entra = await openEntra()
    const tokens = applicationProcess(entra)

    expect(await tokenOf(tokens, reading)).toBe('app-1')
    expect(await tokenOf(tokens, removal)).toBe('app-1')
    expect(entra.calls).toHaveLength(1)
  })

  it('are asked for anew in their last five minutes', async () => {
    const entra = await openEntra()
    entra.lifetime(299)
    const tokens = applicationProcess(entra)

    expect(await tokenOf(tokens, reading)).toBe('app-1')
    expect(await tokenOf(tokens, reading)).toBe('app-2')
  })

  it('are kept past the time at which the issuer would like to renew them, if it is then down', async () => {
    const entra = await openEntra()
    entra.amend({ refresh_in: 1 })
    const tokens = applicationProcess(entra)
    expect(await tokenOf(tokens, reading)).toBe('app-1')
    entra.reply({ status: 500 })
    vi.setSystemTime(Date.now() + 60_000)

    expect(await tokenOf(tokens, reading)).toBe('app-1')
  })

  it('are of one tenant each', async () => {
    const entra = await openEntra()
    const tokens = applicationProcess(entra)

    expect(await tokenOf(tokens, reading)).toBe('app-1')
    expect(await tokenOf(tokens, { ...reading, tenantId: northwind })).toBe('app-2')
    expect(entra.calls.map(({ path }) => path.split('/')[1])).toStrictEqual([contoso, northwind])
  })

  it('are asked for once by all who need one at the same time', async () => {
    const entra = await openEntra()
    const letGo = entra.hold()
    const tokens = applicationProcess(entra)
    const asked = Array.from({ length: 20 }, () => tokenOf(tokens, reading))
    await expect.poll(() => entra.calls.length).toBe(1)
    letGo()

    expect(new Set(await Promise.all(asked))).toStrictEqual(new Set(['app-1']))
    expect(entra.calls).toHaveLength(1)
  })

  it('meet a claims challenge with a new token, which is kept from then on', async () => {
    const entra = await openEntra()
    const tokens = applicationProcess(entra)
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1795000000"}}}'
    expect(await tokenOf(tokens, reading)).toBe('app-1')

    expect(await tokenOf(tokens, { ...reading, claims })).toBe('app-2')
    expect(JSON.parse(entra.calls[1]?.form.get('claims') ?? '')).toMatchObject({
      access_token: { nbf: { value: '1795000000' }, xms_cc: { values: ['cp1'] } },
    })
    expect(await tokenOf(tokens, reading)).toBe('app-2')
    expect(entra.calls).toHaveLength(2)
  })

  it('need nobody to sign in', async () => {
    const entra = await openEntra()
    const { signIns } = applicationProcess(entra)

    expect(await signIns.keep(meganSignedIn)()).toStrictEqual(E.right(undefined))
    expect(entra.calls).toHaveLength(0)
  })
})

describe('the credential of the application', () => {
  it('may be a certificate: the assertion is signed with its key, and carries it', async () => {
    const entra = await openEntra()
    const { privateKeyPem, certificatePem, thumbprint } = selfSigned()
    const secret = { kind: 'certificate', privateKeyPem, certificatePem } as const
    expect(await tokenOf(applicationProcess(entra, { secret }), reading)).toBe('app-1')

    const form = entra.calls[0]?.form
    const certificate = new X509Certificate(certificatePem)
    const { payload, protectedHeader } = await jwtVerify(
      form?.get('client_assertion') ?? '',
      certificate.publicKey,
      // MSAL rounds the time, and is up to half a second ahead.
      { issuer: 'lethe', subject: 'lethe', clockTolerance: 5 },
    )
    expect(form?.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    expect(form?.has('client_secret')).toBe(false)
    expect(protectedHeader).toMatchObject({
      alg: 'PS256',
      'x5t#S256': thumbprint,
      x5c: [certificate.raw.toString('base64')],
    })
    expect(payload.aud).toContain(`/${contoso}/oauth2/v2.0/token`)
  })

  it('may be a file that a platform keeps fresh: it is read each time', async () => {
    const entra = await openEntra()
    entra.lifetime(1)
    const folder = await mkdtemp(join(tmpdir(), 'lethe-federated-'))
    try {
      const file = join(folder, 'token')
      const tokens = applicationProcess(entra, { secret: federatedTokenFile(file) })
      await writeFile(file, 'first\n')
      await tokenOf(tokens, reading)
      await writeFile(file, 'second\n')
      await tokenOf(tokens, reading)
      await rm(file)

      expect(await tokenOf(tokens, reading)).toStrictEqual({
        _tag: 'TokenUnavailable',
        retryAfterSeconds: null,
      })
      expect(entra.calls.map(({ form }) => form.get('client_assertion'))).toStrictEqual(['first', 'second'])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('is refused where it cannot work', () => {
    const { privateKeyPem, certificatePem } = selfSigned()
    const kind = 'certificate' as const
    const other = selfSigned()

    expect(msalCredentialOf({ kind: 'secret', secret: '' })).toStrictEqual(E.left('emptySecret'))
    expect(msalCredentialOf({ kind, privateKeyPem: 'no key', certificatePem })).toStrictEqual(
      E.left('notAnRsaPrivateKey'),
    )
    expect(msalCredentialOf({ kind, privateKeyPem, certificatePem: privateKeyPem })).toStrictEqual(
      E.left('notACertificate'),
    )
    expect(msalCredentialOf({ kind, privateKeyPem, certificatePem: other.certificatePem })).toStrictEqual(
      E.left('keyOfAnotherCertificate'),
    )
    expect(() =>
      graphTokens({
        credential: 'application',
        clientId: 'lethe',
        secret: { kind: 'secret', secret: '' },
        authorityHost: 'https://login.example',
        graph: 'https://graph.example',
        clock: testClock(),
        openDispatcher: options => new Agent(options),
      }),
    ).toThrow('emptySecret')
  })
})
