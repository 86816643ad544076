import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import { keptJson } from './kept-json.js'

/** The keys of the identity provider. */
export interface SigningKeys {
  readonly kid: string
  readonly published: CryptoKey
  /** Signs tokens that must be refused: its public half is never published. */
  readonly rogue: CryptoKey
  /** The public half of the published key. */
  readonly publicJwk: { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  /** The same, to verify with. */
  readonly publicKey: CryptoKey
}

const RsaPrivateJwk = t.strict({
  kty: t.literal('RSA'),
  n: t.string,
  e: t.string,
  d: t.string,
  p: t.string,
  q: t.string,
  dp: t.string,
  dq: t.string,
  qi: t.string,
})

/**
 * The signing keys, kept in a file so that tokens outlive a restart; made where there are none, or none that can be read.
 *
 * @param file where they are kept, readable by its owner only.
 */
export const loadSigningKeys = async (file: string): Promise<SigningKeys> => {
  const jwk = await keptJson(file, RsaPrivateJwk, generate)
  const { privateKey: rogue } = await generateKeyPair('RS256')
  const publicJwk = { kty: jwk.kty, n: jwk.n, e: jwk.e }
  return {
    kid: await calculateJwkThumbprint(publicJwk),
    published: await importRsa(jwk),
    rogue,
    publicJwk,
    publicKey: await importRsa(publicJwk),
  }
}

const generate = async (): Promise<t.TypeOf<typeof RsaPrivateJwk>> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const made = RsaPrivateJwk.decode(await exportJWK(privateKey))
  if (E.isLeft(made)) throw new Error('The generated key is no RSA key')
  return made.right
}

const importRsa = async (jwk: JWK): Promise<CryptoKey> => {
  const key = await importJWK(jwk, 'RS256')
  if (key instanceof Uint8Array) throw new Error('The kept key is no RSA key')
  return key
}
