import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ActorReference,
  AppId,
  Hash,
  HolderName,
  NoteReference,
  PositiveInteger,
  RemovalRequestId,
  Salt,
  SubjectCommitment,
  TenantId,
  UserId,
} from '../src/index.js'

const guids = { TenantId, UserId, AppId, RemovalRequestId, ActorReference, NoteReference }
const digests = { SubjectCommitment, Salt, Hash }

const bob = 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac'

describe.each(Object.entries(guids))('%s', (_, codec) => {
  test('is read in either case, and comes out in lower case', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.func(fc.boolean()), (guid, isUpper) => {
        const mixed = Array.from(guid, (digit, index) => (isUpper(index) ? digit.toUpperCase() : digit)).join(
          '',
        )
        expect(codec.decode(mixed)).toEqual(E.right(guid))
        expect(codec.is(guid)).toBe(true)
      }),
    )
    expect(codec.is(bob.toUpperCase())).toBe(false)
  })

  test('is any 8-4-4-4-12 hexadecimal digits, of whatever version', () => {
    const all = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']
    expect(all.filter(guid => E.isLeft(codec.decode(guid)))).toEqual([])
  })

  test.each([
    '',
    `{${bob}}`,
    `(${bob})`,
    `urn:uuid:${bob}`,
    ` ${bob}`,
    `${bob} `,
    `${bob}\n`,
    `\n${bob}`,
    `${bob}\0`,
    bob.replaceAll('-', ''),
    bob.replaceAll('-', '_'),
    bob.replaceAll('-', '–'),
    bob.slice(1),
    `${bob}0`,
    `0${bob}`,
    bob.replace('c', 'g'),
    bob.replace('c', 'с'),
    'c228b2a-ec4fb-4eda-9620-7e73dddd1cac',
    `${bob},${bob}`,
    "c228b2ae-c4fb-4eda-9620-7e73dddd1cac'--",
    7,
    null,
    undefined,
    [bob],
    { toString: () => bob },
  ])('is not %j', value => {
    expect(E.isLeft(codec.decode(value))).toBe(true)
    expect(codec.is(value)).toBe(false)
  })

  test('is no string of another length', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f-]{0,40}$/), text => {
        fc.pre(text.length !== 36)
        expect(E.isLeft(codec.decode(text))).toBe(true)
      }),
    )
  })
})

describe.each(Object.entries(digests))('%s', (_, codec) => {
  test('is 64 hexadecimal digits in lower case', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{64}$/), text => {
        expect(codec.decode(text)).toEqual(E.right(text))
      }),
    )
  })
  test.each([
    '',
    'A'.repeat(64),
    'a'.repeat(63),
    'a'.repeat(65),
    'g'.repeat(64),
    `${'a'.repeat(64)}\n`,
    1,
    null,
  ])('is not %j', value => {
    expect(E.isLeft(codec.decode(value))).toBe(true)
  })
})

describe('HolderName', () => {
  test.each(['graph', 'a', 'hr-system-2', 'a'.repeat(63)])('is %s', name => {
    expect(HolderName.decode(name)).toEqual(E.right(name))
  })
  test.each([
    '',
    'Graph',
    '2graph',
    '-graph',
    'gr_aph',
    'gr aph',
    'graph\n',
    'a'.repeat(64),
    'gräph',
    1,
    null,
  ])('is not %j', name => {
    expect(E.isLeft(HolderName.decode(name))).toBe(true)
  })
})

describe('PositiveInteger', () => {
  test.each([1, 2, Number.MAX_SAFE_INTEGER])('is %d', value => {
    expect(PositiveInteger.decode(value)).toEqual(E.right(value))
  })
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null])('is not %j', value => {
    expect(E.isLeft(PositiveInteger.decode(value))).toBe(true)
  })
})
