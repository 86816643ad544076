import { type InboundSharedUserProfile, TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as t from 'io-ts'
import { profileProperties, type ProfileProperty } from './profile-property.js'

/** A name: null where Graph gives null, or nothing at all. */
const name = new t.Type<string | null, string | null, unknown>(
  'a text or null',
  (u): u is string | null => u === null || typeof u === 'string',
  (u, context) => (u === undefined || u === null ? t.success(null) : t.string.validate(u, context)),
  t.identity,
)

/** The entity `inboundSharedUserProfile`. Ids are read in either case; what is not declared is dropped. */
export const ProfileResource = t.exact(
  t.intersection([
    t.type({ userId: UserId, userPrincipalName: name, displayName: name, homeTenantId: TenantId }),
    t.partial({ '@odata.context': t.string }),
  ]),
  'inboundSharedUserProfile',
)
export type ProfileResource = t.TypeOf<typeof ProfileResource>

const collectionOf = <C extends t.Mixed>(item: C) =>
  t.exact(
    t.intersection([
      t.type({ value: t.readonlyArray(item) }),
      t.partial({ '@odata.context': t.string, '@odata.nextLink': t.string }),
    ]),
    'inboundSharedUserProfiles',
  )

/** A page of the collection of `inboundSharedUserProfile`. */
export const ProfileCollection = collectionOf(ProfileResource)
export type ProfileCollection = t.TypeOf<typeof ProfileCollection>

/** The same, each item still to be read by itself. */
const UnreadCollection = collectionOf(t.unknown)

/** A page of profiles, in the terms of the domain. */
export interface ProfilePage {
  readonly profiles: ReadonlyArray<InboundSharedUserProfile>
  /** The `@odata.nextLink` as it was sent: to be followed as it is. Null on the last page. */
  readonly nextLink: string | null
}

/** A page as it was read, and how many of its items are no profiles: without a user id or a home tenant. */
export interface ReadProfilePage extends ProfilePage {
  readonly leftOut: number
}

/** @returns the profile in an answer of Graph; io-ts' errors where it is none. */
export const decodeProfile: t.Decode<unknown, InboundSharedUserProfile> = body =>
  pipe(ProfileResource.decode(body), E.map(profileOf))

/** The least that shows that a profile is there. */
const ProfilePresence = t.exact(
  t.intersection([
    t.type({ userId: UserId }),
    t.partial({ userPrincipalName: t.unknown, displayName: t.unknown }),
  ]),
  'inboundSharedUserProfile, its id',
)

/** @returns whose profile it is, and whether it is one without names; io-ts' errors where it is none. */
export const decodeProfilePresence: t.Decode<
  unknown,
  { readonly userId: UserId; readonly isHusk: boolean }
> = body =>
  pipe(
    ProfilePresence.decode(body),
    E.map(({ userId, userPrincipalName, displayName }) => ({
      userId,
      isHusk: isMissing(userPrincipalName) && isMissing(displayName),
    })),
  )

const isMissing = (name: unknown): boolean => name === undefined || name === null || name === ''

/** @returns the page in an answer of Graph, without what is no profile; io-ts' errors where it is no page. */
export const decodeProfilePage: t.Decode<unknown, ReadProfilePage> = body =>
  pipe(
    UnreadCollection.decode(body),
    E.map(collection => {
      const { left, right } = RA.partitionMap(decodeProfile)(collection.value)
      return { profiles: right, nextLink: collection['@odata.nextLink'] ?? null, leftOut: left.length }
    }),
  )

const profileOf = ({
  userId,
  userPrincipalName,
  displayName,
  homeTenantId,
}: ProfileResource): InboundSharedUserProfile => ({ userId, userPrincipalName, displayName, homeTenantId })

/** A profile as it is written: all of its properties, or those that were selected. */
export type SelectedProfile = { readonly [Property in ProfileProperty]?: string | null }

/**
 * Leaves of a profile what `$select` asks for.
 *
 * @param select the selected properties; empty for all of them.
 */
export const selectedProfile =
  (select: ReadonlyArray<ProfileProperty>) =>
  (profile: InboundSharedUserProfile): SelectedProfile =>
    Object.fromEntries(
      profileProperties
        .filter(property => select.length === 0 || select.includes(property))
        .map(property => [property, profile[property]]),
    )

/** What is written around one profile or a page of them. */
interface Written {
  /** `{publicUrl}/beta`. */
  readonly root: string
  /** The selected properties; empty for all of them. */
  readonly select: ReadonlyArray<ProfileProperty>
}

/** The body of an answer with one profile. */
export const writeProfile = ({
  root,
  select,
  profile,
}: Written & { readonly profile: InboundSharedUserProfile }): SelectedProfile & {
  readonly '@odata.context': string
} => ({ '@odata.context': `${contextOf(root, select)}/$entity`, ...selectedProfile(select)(profile) })

/** The body of an answer with a page of profiles. The last page has no `nextLink`. */
export const writeProfilePage = ({
  root,
  select,
  profiles,
  nextLink,
}: Written & ProfilePage): {
  readonly '@odata.context': string
  readonly value: ReadonlyArray<SelectedProfile>
  readonly '@odata.nextLink'?: string
} => ({
  '@odata.context': contextOf(root, select),
  value: profiles.map(selectedProfile(select)),
  ...(nextLink === null ? {} : { '@odata.nextLink': nextLink }),
})

/** OData 4.0 part 1, 10: a context URL lists the selected properties in parentheses. */
const contextOf = (root: string, select: ReadonlyArray<ProfileProperty>): string =>
  `${root}/$metadata#directory/inboundSharedUserProfiles${select.length === 0 ? '' : `(${select.join(',')})`}`
