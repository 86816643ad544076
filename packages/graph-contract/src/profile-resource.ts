import { type InboundSharedUserProfile, TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { profileProperties, type ProfileProperty } from './profile-property.js'

const profileProps = {
  userId: UserId,
  userPrincipalName: t.string,
  displayName: t.string,
  homeTenantId: TenantId,
}

/** The entity `inboundSharedUserProfile`. Ids are read in either case; what is not declared is dropped. */
export const ProfileResource = t.exact(
  t.intersection([t.type(profileProps), t.partial({ '@odata.context': t.string })]),
  'inboundSharedUserProfile',
)
export type ProfileResource = t.TypeOf<typeof ProfileResource>

/** A page of the collection of `inboundSharedUserProfile`. */
export const ProfileCollection = t.exact(
  t.intersection([
    t.type({ value: t.readonlyArray(ProfileResource) }),
    t.partial({ '@odata.context': t.string, '@odata.nextLink': t.string }),
  ]),
  'inboundSharedUserProfiles',
)
export type ProfileCollection = t.TypeOf<typeof ProfileCollection>

/** A page of profiles, in the terms of the domain. */
export interface ProfilePage {
  readonly profiles: ReadonlyArray<InboundSharedUserProfile>
  /** The `@odata.nextLink` as it was sent: to be followed as it is. Null on the last page. */
  readonly nextLink: string | null
}

/** @returns the profile in an answer of Graph; io-ts' errors where it is none. */
export const decodeProfile: t.Decode<unknown, InboundSharedUserProfile> = body =>
  pipe(ProfileResource.decode(body), E.map(profileOf))

/** @returns the page in an answer of Graph; io-ts' errors where it, or one of its profiles, is none. */
export const decodeProfilePage: t.Decode<unknown, ProfilePage> = body =>
  pipe(
    ProfileCollection.decode(body),
    E.map(collection => ({
      profiles: collection.value.map(profileOf),
      nextLink: collection['@odata.nextLink'] ?? null,
    })),
  )

const profileOf = ({
  userId,
  userPrincipalName,
  displayName,
  homeTenantId,
}: ProfileResource): InboundSharedUserProfile => ({ userId, userPrincipalName, displayName, homeTenantId })

/** A profile as it is written: all of its properties, or those that were selected. */
export type SelectedProfile = { readonly [Property in ProfileProperty]?: string }

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
