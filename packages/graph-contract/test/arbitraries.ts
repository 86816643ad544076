import { type InboundSharedUserProfile, type ProfileCondition, TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import type * as t from 'io-ts'
import { profileProperties, type ProfileListOptions } from '../src/index.js'

/** What a codec makes of a value that it must take. */
export const decoded = <A>(codec: t.Type<A, unknown>, value: unknown): A => valueOf(codec.decode(value))

/** The right side of an Either that must have one. */
export const valueOf = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(`unexpected refusal: ${JSON.stringify(either.left)}`)
  return either.right
}

export const bob: InboundSharedUserProfile = {
  userId: decoded(UserId, 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac'),
  userPrincipalName: 'bob@contoso.com',
  displayName: 'Bob',
  homeTenantId: decoded(TenantId, '486fb458-9474-4c44-896b-b30942d055f0'),
}

/** Text with quotes, spaces, signs that URLs and filters give a meaning, and letters of all planes. */
export const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom("'", "''", ' ', '\t', '\n', ' and ', ' eq ', '%27', '+', '&', '#', '=', '/', 'é'),
  }),
)

export const userId = fc.uuid().map(id => decoded(UserId, id))
export const tenantId = fc.uuid().map(id => decoded(TenantId, id))

const condition: fc.Arbitrary<ProfileCondition> = fc.oneof(
  userId.map(value => ({ property: 'userId' as const, value })),
  tenantId.map(value => ({ property: 'homeTenantId' as const, value })),
  text.map(value => ({ property: 'userPrincipalName' as const, value })),
)
export const filter = fc.array(condition, { minLength: 1, maxLength: 4 })

export const listOptions: fc.Arbitrary<ProfileListOptions> = fc.record({
  select: fc.shuffledSubarray([...profileProperties]),
  filter: fc.oneof(fc.constant([]), filter),
  top: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 999 })),
  skipToken: fc.oneof(
    fc.constant(null),
    text.filter(token => token !== ''),
  ),
})
