import { createHash } from 'node:crypto'
import type { InboundSharedUserProfile } from '@lethe/domain'
import { TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { contoso, northwind } from './people.js'

/** The person of the reference page's example. */
export const bob = 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac'
/** Another one, for the tour of the command line. */
export const alice = 'e4b1d7a0-5c36-4f28-9b0e-1a2c3d4e5f60'

interface HomeTenant {
  readonly id: string
  readonly domain: string
}

const fabrikam: HomeTenant = { id: '486fb458-9474-4c44-896b-b30942d055f0', domain: 'fabrikam.example' }
const homeTenants: ReadonlyArray<HomeTenant> = [
  fabrikam,
  { id: '59b1c6a2-8d3e-4f70-a1b2-c3d4e5f60718', domain: 'tailspin.example' },
  { id: '6ac2d7b3-9e4f-4081-b2c3-d4e5f6071829', domain: 'wingtip.example' },
  { id: '7bd3e8c4-af50-4192-83d4-e5f60718293a', domain: 'litware.example' },
  { id: '8ce4f9d5-b061-42a3-94e5-f60718293a4b', domain: 'proseware.example' },
]

const givenNames = [
  'Ana',
  'Ben',
  'Chidi',
  'Dana',
  'Emre',
  'Fatima',
  'Gus',
  'Hana',
  'Ivo',
  'Jun',
  'Kofi',
  'Lena',
  'Mira',
]
const familyNames = ['Abe', 'Berg', 'Costa', 'Diaz', 'Endo', 'Frey', 'Gallo', 'Haas', 'Ito', 'Jansen', 'Kaya']

/** The profiles that each resource tenant of the sandbox starts with: always the same. */
export const seedProfiles = (): ReadonlyMap<TenantId, ReadonlyArray<InboundSharedUserProfile>> =>
  new Map([
    [
      decoded(TenantId, contoso),
      [
        profile(bob, 'Bob', 'bob', fabrikam),
        profile(alice, 'Alice', 'alice', fabrikam),
        ...made('contoso', 498),
      ],
    ],
    [decoded(TenantId, northwind), made('northwind', 20)],
  ])

const made = (tenant: string, count: number): ReadonlyArray<InboundSharedUserProfile> =>
  Array.from({ length: count }, (_, index) => {
    const given = at(givenNames, index)
    const family = at(familyNames, index)
    return profile(
      guidOf(`${tenant}/${index}`),
      `${given} ${family}`,
      `${given}.${family}.${index}`.toLowerCase(),
      at(homeTenants, index),
    )
  })

const profile = (
  userId: string,
  displayName: string,
  alias: string,
  home: HomeTenant,
): InboundSharedUserProfile => ({
  userId: decoded(UserId, userId),
  displayName,
  userPrincipalName: `${alias}@${home.domain}`,
  homeTenantId: decoded(TenantId, home.id),
})

/** A GUID that a text always gives: the first 128 bits of its SHA-256, marked as version 8 (RFC 9562). */
const guidOf = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}

const at = <A>(items: ReadonlyArray<A>, index: number): A => {
  const item = items[index % items.length]
  if (item === undefined) throw new Error('There is nothing to choose from')
  return item
}

const decoded = <A>(codec: t.Type<A, string, unknown>, text: string): A => {
  const result = codec.decode(text)
  if (E.isLeft(result)) throw new Error(`The sandbox holds a malformed ${codec.name}`)
  return result.right
}
