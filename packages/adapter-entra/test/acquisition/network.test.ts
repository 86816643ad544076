import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { contoso } from '../tokens.js'
import { selfSigned } from './making/certificate.js'
import { closeEntras, openEntra } from './making/fake-entra.js'
import { openProxy } from './making/proxy.js'
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
  vi.unstubAllEnvs()
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

describe('a proxy of the environment', () => {
  it('is what the issuer is reached through', async () => {
    const entra = await openEntra({ key, cert })
    const proxy = await openProxy(entra.port)
    try {
      vi.stubEnv('HTTPS_PROXY', proxy.url)
      vi.stubEnv('https_proxy', proxy.url)
      vi.stubEnv('NO_PROXY', '')
      vi.stubEnv('no_proxy', '')
      const authorityHost = `https://${host}:${entra.port}`

      expect(await tokenOf(applicationProcess(entra, { authorityHost }), reading)).toBe('app-1')
      expect(new Set(proxy.tunnels)).toStrictEqual(new Set([`${host}:${entra.port}`]))
      expect(entra.calls[0]?.path).toBe(`/${contoso}/oauth2/v2.0/token`)
    } finally {
      await closeProcesses()
      await proxy.close()
    }
  })

  it('sees nothing of an authority without TLS on loopback', async () => {
    const entra = await openEntra()
    const proxy = await openProxy(entra.port)
    try {
      for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'])
        vi.stubEnv(name, proxy.url)
      vi.stubEnv('NO_PROXY', '')
      vi.stubEnv('no_proxy', '')

      expect(await tokenOf(applicationProcess(entra), reading)).toBe('app-1')
      expect(proxy.tunnels).toHaveLength(0)
    } finally {
      await closeProcesses()
      await proxy.close()
    }
  })
})
