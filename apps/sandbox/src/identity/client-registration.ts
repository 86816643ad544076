import { type KeyObject, randomBytes, X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as t from 'io-ts'
import { keptJson } from '../kept-json.js'
import { letheClientId } from '../people.js'
import { makeSelfSigned } from './self-signed-certificate.js'

/** Lethe's app registration in the sandbox: how it may prove who it is. */
export interface ClientRegistration {
  readonly clientId: string
  readonly secret: string
  readonly certificate: {
    /** PKCS #8, PEM. */
    readonly privateKeyPem: string
    readonly certificatePem: string
    readonly publicKey: KeyObject
    /** SHA-256 of the certificate in upper-case hexadecimal, as Entra shows it. */
    readonly thumbprintSha256: string
    /** A file with the key and its certificate, PEM, readable by its owner only. */
    readonly file: string
  }
}

/** A federated credential: a token with these claims, signed by the provider's own key, stands for Lethe. */
export const federatedCredential = {
  subject: 'lethe-workload',
  /** Source: Microsoft Entra workload identity federation, recommended audience. */
  audience: 'api://AzureADTokenExchange',
} as const

/** The files that a registration is kept in. */
export const registrationFiles = {
  registration: 'client-registration.json',
  certificate: 'client-certificate.pem',
} as const

const KeptRegistration = t.strict(
  { secret: t.string, privateKeyPem: t.string, certificatePem: t.string },
  'KeptRegistration',
)

/**
 * The registration, made at the first start and kept.
 *
 * @param folder where it is kept, in files readable by their owner only.
 */
export const loadClientRegistration = async (folder: string): Promise<ClientRegistration> => {
  const { secret, privateKeyPem, certificatePem } = await keptJson(
    join(folder, registrationFiles.registration),
    KeptRegistration,
    async () => ({
      secret: randomBytes(32).toString('base64url'),
      ...(await makeSelfSigned('Lethe sandbox')),
    }),
  )
  const file = join(folder, registrationFiles.certificate)
  await writeFile(file, `${privateKeyPem}${certificatePem}`, { mode: 0o600 })
  const { publicKey, fingerprint256 } = new X509Certificate(certificatePem)
  return {
    clientId: letheClientId,
    secret,
    certificate: {
      privateKeyPem,
      certificatePem,
      publicKey,
      thumbprintSha256: fingerprint256.replaceAll(':', ''),
      file,
    },
  }
}
