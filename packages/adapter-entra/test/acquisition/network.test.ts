import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { selfSigned } from './making/certificate.js'
import { closeEntras, openEntra } from './making/fake-entra.js'
import {
  applicationProcess,
  closeProcesses,
  delegatedProcess,
  meganSignedIn,
  reading,
  removal,
  sharedParts,
  tokenOf,
} from './making/setting-up.js'

const host = 'login.example.test'
const { privateKeyPem: key, certificatePem: cert } = selfSigned(host)
const trusted = getCACertificates('default')

beforeAll(() => setDefaultCACertificates([...trusted, cert]))
afterAll(() => setDefaultCACertificates(trusted))

afterEach(async () => {
  await closeProcesses()
  await closeEntras()
})

describe('an authority over https', () => {
  it('is asked once where its endpoints are', async () => {
    const entra = await openEntra({ key, cert })
    const tokens = applicationProcess(entra)

    expect(await tokenOf(tokens, reading)).toBe('app-1')
    expect(await tokenOf(tokens, { ...reading, claims: '{"access_token":{"nbf":{}}}' })).toBe('app-2')
    expect(entra.discoveries()).toBe(1)
  })

  it('gives people tokens as well', async () => {
    const entra = await openEntra({ key, cert })
    const shared = sharedParts()
    await delegatedProcess(entra, shared).signIns.keep(meganSignedIn)()

    expect(await tokenOf(delegatedProcess(entra, shared), removal)).toBe('person-1')
  })

  it('is not asked where its certificate is not trusted', async () => {
    const stranger = selfSigned(host)
    const entra = await openEntra({ key: stranger.privateKeyPem, cert: stranger.certificatePem })
    const tokens = applicationProcess(entra)

    expect(await tokenOf(tokens, reading)).toStrictEqual({
      _tag: 'TokenUnavailable',
      retryAfterSeconds: null,
    })
    expect(entra.calls).toHaveLength(0)
  })
})
