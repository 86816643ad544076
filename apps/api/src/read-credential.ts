import { readFile } from 'node:fs/promises'
import { type ClientCredential, federatedTokenFile, msalCredentialOf } from '@lethe/adapter-entra'
import * as E from 'fp-ts/lib/Either.js'
import type { BadConfig } from './config.js'
import type { SecretConfig } from './graph-config.js'

/** Reads what Lethe proves its identity with. None of it is in the mistake. */
export const readCredential = async (
  secret: SecretConfig,
): Promise<E.Either<BadConfig, ClientCredential>> => {
  switch (secret.kind) {
    case 'secret':
      return E.right(secret)
    case 'federatedTokenFile':
      return (await textOf(secret.path)) === null
        ? mistake('LETHE_GRAPH_FEDERATED_TOKEN_FILE: expected a file that can be read')
        : E.right(federatedTokenFile(secret.path))
    case 'certificateFile': {
      const pem = await textOf(secret.path)
      const credential: ClientCredential | null =
        pem === null
          ? null
          : { kind: 'certificate', privateKeyPem: privateKeyIn(pem), certificatePem: certificatesIn(pem) }
      return credential === null || E.isLeft(msalCredentialOf(credential))
        ? mistake(
            'LETHE_GRAPH_CERTIFICATE_FILE: expected a PEM file with an RSA key without a passphrase, and its certificate',
          )
        : E.right(credential)
    }
  }
}

const mistake = (text: string): E.Either<BadConfig, never> => E.left({ _tag: 'BadConfig', mistakes: [text] })

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
