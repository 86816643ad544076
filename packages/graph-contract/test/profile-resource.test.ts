import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeProfile,
  decodeProfilePage,
  decodeProfilePresence,
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
    ['without a home tenant', { ...bob, homeTenantId: null }],
    ['with a name that is no text', { ...bob, displayName: 7 }],
    ['a missing property', { userId: bob.userId }],
    ['an id that is no GUID', { ...bob, userId: 'bob' }],
    ['a context that is no string', { ...bob, '@odata.context': 1 }],
  ])('is not %s', (_, body) => {
    expect(E.isLeft(decodeProfile(body))).toBe(true)
  })
})

test('names may be null, or not there at all', () => {
  const { userId, homeTenantId } = bob
  const nameless = { userId, homeTenantId, displayName: null, userPrincipalName: null }
  expect(decodeProfile({ userId, homeTenantId })).toEqual(E.right(nameless))
  expect(decodeProfile(nameless)).toEqual(E.right(nameless))
  expect(selectedProfile([])(nameless)).toEqual(nameless)
})

describe('the presence of a profile', () => {
  const { userId } = bob
  test.each([
    [bob, false],
    [{ userId, displayName: 'Bob' }, false],
    [{ userId, displayName: 7 }, false],
    [{ userId, displayName: '', userPrincipalName: null }, true],
    [{ userId }, true],
  ])('is read from its id alone: %o is a husk: %s', (body, isHusk) => {
    expect(decodeProfilePresence(body)).toEqual(E.right({ userId, isHusk }))
  })
  test('is none without one', () => {
    expect(E.isLeft(decodeProfilePresence({ displayName: 'Bob' }))).toBe(true)
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
          E.right({ ...page, leftOut: 0 }),
        )
      }),
    )
  })

  test('leaves out what is no profile, and counts it', () => {
    expect(decodeProfilePage({ value: [bob, {}, null, { userId: bob.userId }] })).toEqual(
      E.right({ profiles: [bob], nextLink: null, leftOut: 3 }),
    )
  })

  test.each([
    ['without a value', {}],
    ['a single profile', bob],
    ['with a link that is no string', { value: [], '@odata.nextLink': 1 }],
  ])('is not: %s', (_, body) => {
    expect(E.isLeft(decodeProfilePage(body))).toBe(true)
  })
})
