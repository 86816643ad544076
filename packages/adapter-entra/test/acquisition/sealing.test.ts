import { instantFromMilliseconds } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { expectedSealingKeys, sealingKeysFrom } from '../../src/index.js'
import { open, seal } from '../../src/acquisition/sealing.js'
import { contoso, northwind } from '../tokens.js'
import { actor, keysOf, keyText, otherActor, otherRequestId, requestId } from './making/setting-up.js'

const keptAt = instantFromMilliseconds(1_795_000_000_000)
const belonging = { tenantId: contoso, requestId, actor, keptAt }
const text = '{"secret":"words"}'

describe('a sealed text', () => {
  it('opens with its key, and is base64url that shows nothing', () => {
    const keys = keysOf(keyText('k1'))
    const sealed = seal(keys, belonging, text)

    expect(open(keys, belonging, sealed)).toStrictEqual(O.some(text))
    expect(sealed).toMatch(/^[\w-]+$/)
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('secret')
  })

  it('is another one each time', () => {
    const keys = keysOf(keyText('k1'))
    expect(seal(keys, belonging, text)).not.toBe(seal(keys, belonging, text))
  })

  it('opens after a new key came first, and not after its own is gone', () => {
    const [old, young] = [keyText('old'), keyText('young')]
    const sealed = seal(keysOf(old), belonging, text)

    expect(open(keysOf(young, old), belonging, sealed)).toStrictEqual(O.some(text))
    expect(open(keysOf(young), belonging, sealed)).toStrictEqual(O.none)
    expect(open(keysOf(old), belonging, seal(keysOf(young, old), belonging, text))).toStrictEqual(O.none)
  })

  it('does not open with another key of the same id', () => {
    const sealed = seal(keysOf(keyText('k1')), belonging, text)
    expect(open(keysOf(keyText('k1')), belonging, sealed)).toStrictEqual(O.none)
  })

  it.each([
    ['tenant', { tenantId: northwind }],
    ['request', { requestId: otherRequestId }],
    ['actor', { actor: otherActor }],
    ['time', { keptAt: instantFromMilliseconds(1_795_000_000_001) }],
  ])('does not open for another %s', (_, elsewhere) => {
    const keys = keysOf(keyText('k1'))
    expect(open(keys, { ...belonging, ...elsewhere }, seal(keys, belonging, text))).toStrictEqual(O.none)
  })

  it('does not open when any byte of it was changed, or the end is missing', () => {
    const keys = keysOf(keyText('k1'))
    const bytes = Buffer.from(seal(keys, belonging, text), 'base64url')
    const opened = bytes.map((_, index) => {
      const changed = Buffer.from(bytes)
      changed[index] = (changed[index] ?? 0) ^ 1
      return O.isSome(open(keys, belonging, changed.toString('base64url'))) ? 1 : 0
    })
    const cut = bytes.map((_, length) =>
      O.isSome(open(keys, belonging, bytes.subarray(0, length).toString('base64url'))) ? 1 : 0,
    )

    expect(bytes.length).toBeGreaterThan(40)
    expect(opened).not.toContain(1)
    expect(cut).not.toContain(1)
  })
})

describe('the keys of the setting', () => {
  it('come in their order', () => {
    const keys = sealingKeysFrom(` ${keyText('2026-11')}, ${keyText('2026_10')} `)
    expect(E.isRight(keys) && keys.right.map(({ id }) => id)).toStrictEqual(['2026-11', '2026_10'])
  })

  const [good] = [keyText('k1')]
  it.each([
    ['nothing', ''],
    ['no id', good.slice(2)],
    ['an empty id', good.slice(2).replace(/^/, ':')],
    ['an id with other characters', `k 1${good.slice(2)}`],
    ['too short a key', `k1:${Buffer.alloc(31).toString('base64')}`],
    ['too long a key', `k1:${Buffer.alloc(33).toString('base64')}`],
    ['the same id twice', `${good},${keyText('k1')}`],
    ['a good key and a bad one', `${good},k2:short`],
    ['an end without a key', `${good},`],
  ])('are refused for %s, without being shown', (_, setting) => {
    expect(sealingKeysFrom(setting)).toStrictEqual(E.left(expectedSealingKeys))
  })

  it('do not print', () => {
    const setting = keyText('k1')
    expect(JSON.stringify(keysOf(setting))).not.toContain(setting.slice(3, 20))
  })
})
