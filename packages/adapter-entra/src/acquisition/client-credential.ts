import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Configuration } from '@azure/msal-node'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'

/** How Lethe proves to Entra which application it is. */
export type ClientCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  /** PEM, both. The certificate may be followed by those that it was issued with. */
  | { readonly kind: 'certificate'; readonly privateKeyPem: string; readonly certificatePem: string }
  /** A token of another issuer that the application trusts; asked for each time that one is sent. */
  | { readonly kind: 'federated'; readonly assertion: () => Promise<string> }

/** Why a credential cannot be used. */
export type CredentialMistake =
  | 'emptySecret'
  /** The private key is no PEM without a passphrase, or no RSA key: Entra takes no other. */
  | 'notAnRsaPrivateKey'
  | 'notACertificate'
  /** The certificate is of another key. */
  | 'keyOfAnotherCertificate'

/** The part of MSAL's configuration that a credential makes. */
export type MsalCredential = Pick<
  Configuration['auth'],
  'clientSecret' | 'clientCertificate' | 'clientAssertion'
>

/**
 * Puts a credential the way MSAL wants it. A certificate is named by its SHA-256 thumbprint and sent along, so that
 * Entra takes a renewed one of the same subject. Source: Microsoft identity platform, certificate credentials.
 */
export const msalCredentialOf = (
  credential: ClientCredential,
): E.Either<CredentialMistake, MsalCredential> => {
  switch (credential.kind) {
    case 'secret':
      return credential.secret === '' ? E.left('emptySecret') : E.right({ clientSecret: credential.secret })
    case 'certificate':
      return msalCertificateOf(credential.privateKeyPem, credential.certificatePem)
    case 'federated':
      return E.right({ clientAssertion: () => credential.assertion() })
  }
}

/**
 * The token that a platform keeps fresh in a file, such as Kubernetes for a workload identity: read each time.
 *
 * @param path of the file.
 */
export const federatedTokenFile = (path: string): ClientCredential => ({
  kind: 'federated',
  assertion: async () => (await readFile(path, 'utf8')).trim(),
})

const msalCertificateOf = (
  privateKeyPem: string,
  certificatePem: string,
): E.Either<CredentialMistake, MsalCredential> => {
  const key = privateKeyOf(privateKeyPem)
  if (O.isNone(key) || key.value.asymmetricKeyType !== 'rsa') return E.left('notAnRsaPrivateKey')
  const certificate = O.tryCatch(() => new X509Certificate(certificatePem))
  if (O.isNone(certificate)) return E.left('notACertificate')
  if (!certificate.value.checkPrivateKey(key.value)) return E.left('keyOfAnotherCertificate')
  return E.right({
    clientCertificate: {
      thumbprintSha256: certificate.value.fingerprint256.replaceAll(':', ''),
      privateKey: privateKeyPem,
      x5c: certificatePem,
    },
  })
}

const privateKeyOf = (pem: string): O.Option<KeyObject> => O.tryCatch(() => createPrivateKey(pem))
