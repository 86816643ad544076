import {
  type ClientCredential,
  type CredentialSource,
  type CredentialSourceMistake,
  readCredential as readSource,
} from '@lethe/adapter-entra'
import * as E from 'fp-ts/lib/Either.js'
import type { BadConfig } from './config.js'

const expected: Record<CredentialSourceMistake, string> = {
  federatedTokenFileUnreadable: 'LETHE_GRAPH_FEDERATED_TOKEN_FILE: expected a file that can be read',
  certificateFileUnusable:
    'LETHE_GRAPH_CERTIFICATE_FILE: expected a PEM file with an RSA key without a passphrase, and its certificate',
}

/** Reads what Lethe proves its identity with. None of it is in the mistake. */
export const readCredential = async (
  source: CredentialSource,
): Promise<E.Either<BadConfig, ClientCredential>> =>
  E.mapLeft((mistake: CredentialSourceMistake): BadConfig => ({
    _tag: 'BadConfig',
    mistakes: [expected[mistake]],
  }))(await readSource(source))
