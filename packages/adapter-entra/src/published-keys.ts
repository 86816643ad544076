import { createPublicKey, type KeyObject } from 'node:crypto'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { type FetchFailed, unusable } from './fetch-json.js'
import { withTenant } from './trusted-issuers.js'

/** A key that an issuer signs with. */
export interface SigningKey {
  readonly kid: string
  /** The public numbers of the key as published: equal material is the same key. */
  readonly material: string
  readonly publicKey: KeyObject
}

/** The signing keys of one issuer, by `kid`. */
export type SigningKeys = ReadonlyMap<string, SigningKey>

/** An issuer and the tenant that it speaks for. */
export interface Issuer {
  readonly issuer: string
  readonly tenantId: TenantId
}

const Metadata = t.strict({ issuer: t.string, jwks_uri: t.string }, 'Metadata')
const KeySetDocument = t.strict({ keys: t.readonlyArray(t.unknown) }, 'KeySetDocument')

/** Any other key is passed over, as RFC 7517 section 5 has it; private parts, certificates and addresses are not read. */
const PublishedKey = t.strict(
  {
    kty: t.literal('RSA'),
    kid: t.string,
    n: t.string,
    e: t.string,
    use: t.union([t.literal('sig'), t.undefined]),
    alg: t.union([t.literal('RS256'), t.undefined]),
    key_ops: t.union([t.readonlyArray(t.string), t.undefined]),
    issuer: t.union([t.string, t.undefined]),
  },
  'PublishedKey',
)
type PublishedKey = t.TypeOf<typeof PublishedKey>

/**
 * Reads the keys that an issuer publishes now, through its metadata at `{iss}/.well-known/openid-configuration`.
 *
 * Source: OpenID Connect Discovery 1.0, sections 4 and 4.3; Microsoft identity platform, "Validate the issuer" and
 * "Validate the signing key issuer" (the `issuer` member of a key).
 *
 * @param get how to get a JSON document.
 * @returns the RSA signing keys that are this issuer's; `FetchFailed` where a document cannot be had, has the wrong
 * shape, names another issuer, or sends the reader from https to http, and where there is no such key: an issuer without
 * keys would be one without tokens, so it is a fault on the way.
 */
export const publishedKeys =
  (get: (url: URL) => TE.TaskEither<FetchFailed, unknown>) =>
  (issuer: Issuer): TE.TaskEither<FetchFailed, SigningKeys> =>
    pipe(
      TE.fromOption(() => unusable)(metadataUrl(issuer)),
      TE.flatMap(get),
      TE.flatMapOption(keySetUrl(issuer), () => unusable),
      TE.flatMap(get),
      TE.flatMapEither(keySetIn),
      TE.flatMapOption(signingKeysOf(issuer), () => unusable),
    )

const keySetIn = (document: unknown): E.Either<FetchFailed, t.TypeOf<typeof KeySetDocument>> =>
  pipe(
    KeySetDocument.decode(document),
    E.mapLeft(() => unusable),
  )

const metadataUrl = ({ issuer }: Issuer): O.Option<URL> =>
  O.fromNullable(URL.parse(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`))

const keySetUrl =
  ({ issuer, tenantId }: Issuer) =>
  (document: unknown): O.Option<URL> =>
    pipe(
      O.fromEither(Metadata.decode(document)),
      O.filter(metadata => withTenant(metadata.issuer, tenantId) === issuer),
      O.flatMap(metadata => O.fromNullable(URL.parse(metadata.jwks_uri))),
      O.filter(url => url.protocol === 'https:' || isOwnHost(issuer, url)),
    )

/** Without TLS, keys come from nowhere but the issuer itself: a sandbox on loopback. */
const isOwnHost = (issuer: string, url: URL): boolean =>
  url.protocol === 'http:' && URL.parse(issuer)?.origin === url.origin

const signingKeysOf =
  (issuer: Issuer) =>
  ({ keys }: t.TypeOf<typeof KeySetDocument>): O.Option<SigningKeys> =>
    pipe(keys, RA.filterMap(signingKeyOf(issuer)), O.fromPredicate(RA.isNonEmpty), O.map(byKid))

const signingKeyOf =
  ({ issuer, tenantId }: Issuer) =>
  (published: unknown): O.Option<SigningKey> =>
    pipe(
      O.fromEither(PublishedKey.decode(published)),
      O.filter(key => key.key_ops?.includes('verify') ?? true),
      O.filter(key => key.issuer === undefined || withTenant(key.issuer, tenantId) === issuer),
      O.flatMap(imported),
    )

/** A key of less than 2,048 bits (RFC 7518 section 3.3) is refused by jose when it is used. */
const imported = ({ kid, n, e }: PublishedKey): O.Option<SigningKey> =>
  pipe(
    O.tryCatch(() => createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' })),
    O.map(publicKey => ({ kid, material: `${n}.${e}`, publicKey })),
  )

/** A `kid` that names two different keys names neither. */
const byKid = (keys: ReadonlyArray<SigningKey>): SigningKeys =>
  new Map(
    keys
      .filter(key => keys.every(other => other.kid !== key.kid || other.material === key.material))
      .map(key => [key.kid, key]),
  )
