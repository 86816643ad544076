// The container that @peculiar/x509 is built on needs it, and says so when it is missing.
import 'reflect-metadata'
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
/** Ten years: the sandbox never renews it. */
const lifetimeMilliseconds = 10 * 365 * 86_400_000

/** A key and the certificate that it signed itself, both as PEM. */
export interface SelfSigned {
  /** PKCS #8. */
  readonly privateKeyPem: string
  readonly certificatePem: string
}

/** @param commonName whom it is for. */
export const makeSelfSigned = async (commonName: string): Promise<SelfSigned> => {
  const keys = await webcrypto.subtle.generateKey(
    { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  )
  const now = Date.now()
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${commonName}`,
      notBefore: new Date(now),
      notAfter: new Date(now + lifetimeMilliseconds),
      signingAlgorithm: algorithm,
      keys,
    },
    webcrypto,
  )
  return {
    privateKeyPem: pemOf(
      createPrivateKey({
        key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
        format: 'der',
        type: 'pkcs8',
      }),
    ),
    certificatePem: `${certificate.toString('pem')}\n`,
  }
}

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()
