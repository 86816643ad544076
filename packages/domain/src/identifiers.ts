import * as t from 'io-ts'

const anyCaseGuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const lowerCaseGuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * A codec for one kind of GUID: exactly 8-4-4-4-12 hexadecimal digits, no braces, no trimming.
 * Either case is read; what comes out is lower-case, so that equal ids are equal strings.
 */
const guid = <Brand>(name: string): t.Type<t.Branded<string, Brand>, string, unknown> => {
  const is = (u: unknown): u is t.Branded<string, Brand> => typeof u === 'string' && lowerCaseGuid.test(u)
  return new t.Type(
    name,
    is,
    (u, context) => {
      if (typeof u !== 'string' || !anyCaseGuid.test(u)) return t.failure(u, context)
      const lower: string = u.toLowerCase()
      return is(lower) ? t.success(lower) : t.failure(u, context)
    },
    t.identity,
  )
}

/** A codec for a string that matches a pattern, as a type of its own. */
const patterned = <Brand>(
  name: string,
  pattern: RegExp,
): t.Type<t.Branded<string, Brand>, string, unknown> => {
  const is = (u: unknown): u is t.Branded<string, Brand> => typeof u === 'string' && pattern.test(u)
  return new t.Type(name, is, (u, context) => (is(u) ? t.success(u) : t.failure(u, context)), t.identity)
}

export interface TenantIdBrand {
  readonly TenantId: unique symbol
}
/** The id of a Microsoft Entra tenant: the `tid` of a token. */
export type TenantId = t.Branded<string, TenantIdBrand>
export const TenantId = guid<TenantIdBrand>('TenantId (a GUID)')

export interface UserIdBrand {
  readonly UserId: unique symbol
}
/** The object id of a person: the `oid` of a token, the `userId` of a shared profile. */
export type UserId = t.Branded<string, UserIdBrand>
export const UserId = guid<UserIdBrand>('UserId (a GUID)')

export interface AppIdBrand {
  readonly AppId: unique symbol
}
/** The client id of an application: the `appid` (v1) or `azp` (v2) of a token. */
export type AppId = t.Branded<string, AppIdBrand>
export const AppId = guid<AppIdBrand>('AppId (a GUID)')

export interface RemovalRequestIdBrand {
  readonly RemovalRequestId: unique symbol
}
/** The id of a removal request: a UUID of version 7 (RFC 9562), so that ids sort by the time of submission. */
export type RemovalRequestId = t.Branded<string, RemovalRequestIdBrand>
export const RemovalRequestId = guid<RemovalRequestIdBrand>('RemovalRequestId (a GUID)')

export interface BatchIdBrand {
  readonly BatchId: unique symbol
}
/** The id of a batch: of requests that are made in one go, and decided as one. Whoever makes them chooses it. */
export type BatchId = t.Branded<string, BatchIdBrand>
export const BatchId = guid<BatchIdBrand>('BatchId (a GUID)')

export interface ActorReferenceBrand {
  readonly ActorReference: unique symbol
}
/** Stands in the history for somebody who acted on one request; random, and resolved only through `Actors`. */
export type ActorReference = t.Branded<string, ActorReferenceBrand>
export const ActorReference = guid<ActorReferenceBrand>('ActorReference (a GUID)')

export interface NoteReferenceBrand {
  readonly NoteReference: unique symbol
}
/** Stands in the history for a text that somebody wrote; random, and resolved only through `Notes`. */
export type NoteReference = t.Branded<string, NoteReferenceBrand>
export const NoteReference = guid<NoteReferenceBrand>('NoteReference (a GUID)')

export interface SubjectCommitmentBrand {
  readonly SubjectCommitment: unique symbol
}
/**
 * Stands in the history for the data subject: 64 lower-case hexadecimal digits, an HMAC-SHA-256 of the tenant and
 * the user's object id under a random salt. Without the salt, which can be erased, it names nobody.
 */
export type SubjectCommitment = t.Branded<string, SubjectCommitmentBrand>
export const SubjectCommitment = patterned<SubjectCommitmentBrand>('SubjectCommitment', /^[0-9a-f]{64}$/)

export interface SaltBrand {
  readonly Salt: unique symbol
}
/** The random key of one subject's commitment: 32 bytes in lower-case hexadecimal. */
export type Salt = t.Branded<string, SaltBrand>
export const Salt = patterned<SaltBrand>('Salt', /^[0-9a-f]{64}$/)

export interface HashBrand {
  readonly Hash: unique symbol
}
/** A SHA-256 in lower-case hexadecimal. */
export type Hash = t.Branded<string, HashBrand>
export const Hash = patterned<HashBrand>('Hash', /^[0-9a-f]{64}$/)

export interface HolderNameBrand {
  readonly HolderName: unique symbol
}
/** The name of a data holder, such as `graph`: lower-case letters, digits and hyphens, at most 63. */
export type HolderName = t.Branded<string, HolderNameBrand>
export const HolderName = patterned<HolderNameBrand>('HolderName', /^[a-z][a-z0-9-]{0,62}$/)
