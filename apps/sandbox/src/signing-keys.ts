import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'

/** The keys of the identity provider. */
export interface SigningKeys {
  readonly kid: string
  readonly published: CryptoKey
  /** Signs tokens that must be refused: its public half is never published. */
  readonly rogue: CryptoKey
  /** The public half of the published key. */
  readonly publicJwk: { readonly kty: 'RSA'; readonly n: string; readonly e: string }
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
  const kept = RsaPrivateJwk.decode(await readJson(file))
  const jwk = E.isRight(kept) ? kept.right : await generateAndKeep(file)
  const { publicKey: _unused, privateKey: rogue } = await generateKeyPair('RS256')
  const publicJwk = { kty: jwk.kty, n: jwk.n, e: jwk.e }
  return { kid: await calculateJwkThumbprint(publicJwk), published: await importRsa(jwk), rogue, publicJwk }
}

const generateAndKeep = async (file: string): Promise<t.TypeOf<typeof RsaPrivateJwk>> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const made = RsaPrivateJwk.decode(await exportJWK(privateKey))
  if (E.isLeft(made)) throw new Error('The generated key is no RSA key')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, JSON.stringify(made.right), { mode: 0o600 })
  return made.right
}

const importRsa = async (jwk: JWK): Promise<CryptoKey> => {
  const key = await importJWK(jwk, 'RS256')
  if (key instanceof Uint8Array) throw new Error('The kept key is no RSA key')
  return key
}

const readJson = async (file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return null
  }
}
