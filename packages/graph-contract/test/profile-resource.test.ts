import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeProfile,
  decodeProfilePage,
  type ProfileProperty,
  profileProperties,
  selectedProfile,
  writeProfile,
  writeProfilePage,
} from '../src/index.js'
import { bob, tenantId, text, userId } from './arbitraries.js'

const root = 'https://lethe.example/beta'
const profile = fc.record({ userId, userPrincipalName: text, displayName: text, homeTenantId: tenantId })
const overTheWire = (body: unknown): unknown => JSON.parse(JSON.stringify(body))

describe('one profile', () => {
  test('is written with its context', () => {
    expect(writeProfile({ root, select: [], profile: bob })).toEqual({
      '@odata.context': 'https://lethe.example/beta/$metadata#directory/inboundSharedUserProfiles/$entity',
      userId: 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac',
      userPrincipalName: 'bob@contoso.com',
      displayName: 'Bob',
      homeTenantId: '486fb458-9474-4c44-896b-b30942d055f0',
    })
  })

  test('is written with what was selected, and the context says so', () => {
    expect(writeProfile({ root, select: ['userId', 'displayName'], profile: bob })).toEqual({
      '@odata.context':
        'https://lethe.example/beta/$metadata#directory/inboundSharedUserProfiles(userId,displayName)/$entity',
      userId: bob.userId,
      displayName: 'Bob',
    })
  })

  test('what is written is read again', () => {
    fc.assert(
      fc.property(profile, one => {
        expect(decodeProfile(overTheWire(writeProfile({ root, select: [], profile: one })))).toEqual(
          E.right(one),
        )
      }),
    )
  })

  test('is read with ids in either case and without a context; what is not declared is dropped', () => {
    expect(
      decodeProfile({
        ...bob,
        userId: bob.userId.toUpperCase(),
        homeTenantId: bob.homeTenantId.toUpperCase(),
        mobilePhone: '1',
      }),
    ).toEqual(E.right(bob))
  })

  test.each([
    ['null', null],
    ['an array', [bob]],
    ['a null property', { ...bob, displayName: null }],
    ['a missing property', { userId: bob.userId }],
    ['an id that is no GUID', { ...bob, userId: 'bob' }],
    ['a context that is no string', { ...bob, '@odata.context': 1 }],
  ])('is not %s', (_, body) => {
    expect(E.isLeft(decodeProfile(body))).toBe(true)
  })
})

describe('a selection', () => {
  test('has exactly the selected properties', () => {
    fc.assert(
      fc.property(
        profile,
        fc.shuffledSubarray<ProfileProperty>([...profileProperties], { minLength: 1 }),
        (one, select) => {
          expect(Object.keys(selectedProfile(select)(one)).toSorted()).toEqual(select.toSorted())
        },
      ),
    )
  })

  test('of nothing is all', () => {
    expect(selectedProfile([])(bob)).toEqual(bob)
  })
})

describe('a page of profiles', () => {
  test('is written with its context, and a link where there is more', () => {
    expect(writeProfilePage({ root, select: [], profiles: [], nextLink: null })).toEqual({
      '@odata.context': 'https://lethe.example/beta/$metadata#directory/inboundSharedUserProfiles',
      value: [],
    })
    expect(writeProfilePage({ root, select: ['userId'], profiles: [bob], nextLink: 'https://next' })).toEqual(
      {
        '@odata.context': 'https://lethe.example/beta/$metadata#directory/inboundSharedUserProfiles(userId)',
        value: [{ userId: bob.userId }],
        '@odata.nextLink': 'https://next',
      },
    )
  })

  test('what is written is read again', () => {
    fc.assert(
      fc.property(fc.array(profile), fc.oneof(fc.constant(null), text), (profiles, nextLink) => {
        const page = { profiles, nextLink }
        expect(decodeProfilePage(overTheWire(writeProfilePage({ root, select: [], ...page })))).toEqual(
          E.right(page),
        )
      }),
    )
  })

  test.each([
    ['without a value', {}],
    ['a single profile', bob],
    ['with something else in it', { value: [bob, {}] }],
    ['with a link that is no string', { value: [], '@odata.nextLink': 1 }],
  ])('is not: %s', (_, body) => {
    expect(E.isLeft(decodeProfilePage(body))).toBe(true)
  })
})
