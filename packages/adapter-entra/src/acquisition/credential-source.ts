import { readFile } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { type ClientCredential, federatedTokenFile, msalCredentialOf } from './client-credential.js'

/** Where an application finds what it proves its identity with. */
export type CredentialSource =
  | { readonly kind: 'secret'; readonly secret: string }
  /** A PEM file with a private key and its certificate. */
  | { readonly kind: 'certificateFile'; readonly path: string }
  /** A file with an assertion that the platform keeps fresh (workload identity federation). */
  | { readonly kind: 'federatedTokenFile'; readonly path: string }

/** Why a credential cannot be read from its source. */
export type CredentialSourceMistake =
  | 'federatedTokenFileUnreadable'
  /** The file cannot be read, or holds no RSA key without a passphrase, or not its certificate. */
  | 'certificateFileUnusable'

/** Reads what an application proves its identity with. Nothing of it is in the mistake. */
export const readCredential = async (
  source: CredentialSource,
): Promise<E.Either<CredentialSourceMistake, ClientCredential>> => {
  switch (source.kind) {
    case 'secret':
      return E.right(source)
    case 'federatedTokenFile':
      return (await textOf(source.path)) === null
        ? E.left('federatedTokenFileUnreadable')
        : E.right(federatedTokenFile(source.path))
    case 'certificateFile': {
      const pem = await textOf(source.path)
      const credential: ClientCredential | null =
        pem === null
          ? null
          : { kind: 'certificate', privateKeyPem: privateKeyIn(pem), certificatePem: certificatesIn(pem) }
      return credential === null || E.isLeft(msalCredentialOf(credential))
        ? E.left('certificateFileUnusable')
        : E.right(credential)
    }
  }
}

const textOf = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return null
  }
}

const privateKeyIn = (pem: string): string =>
  /-----BEGIN (?:RSA )?PRIVATE KEY-----[^-]+-----END (?:RSA )?PRIVATE KEY-----/.exec(pem)?.[0] ?? ''

const certificatesIn = (pem: string): string =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).join('\n')
