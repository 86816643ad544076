import { digestContract, identifiersContract } from '@lethe/application/testing'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../src/random.js'
import { rememberingDigest } from '../src/remembering-digest.js'
import { seededIdentifiers } from '../src/seeded-identifiers.js'
import { simulatedTime } from '../src/simulated-time.js'
import { freshIds } from './fresh-ids.js'

identifiersContract('seeded', seededIdentifiers(randomFrom(1), simulatedTime().clock))
digestContract('remembering', { ids: freshIds, digest: rememberingDigest() })

describe('identifiers from a seed', () => {
  it('ascend even where the clock is set back', () => {
    const time = simulatedTime()
    const identifiers = seededIdentifiers(randomFrom(1), time.clock)
    const ids = [1000, -5000, 0, 1, -86_400_000, 86_500_000].map(by => {
      time.setClocks(by)
      return identifiers.requestId()
    })

    expect(ids.toSorted()).toStrictEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('chance from a seed', () => {
  it('is the same for the same seed, and another for another', () => {
    const drawn = (seed: number): ReadonlyArray<number> => {
      const random = randomFrom(seed)
      return Array.from({ length: 20 }, () => random.below(1000))
    }

    expect(drawn(5)).toStrictEqual(drawn(5))
    expect(drawn(5)).not.toStrictEqual(drawn(6))
    expect(drawn(1)).not.toStrictEqual(drawn(4_294_967_297))
  })

  it('draws each of a list, as often as its weight says', () => {
    const random = randomFrom(3)
    const draws = Array.from({ length: 4000 }, () =>
      random.weighted([
        [3, 'often'],
        [1, 'seldom'],
        [0, 'never'],
      ]),
    )
    const often = draws.filter(draw => draw === 'often').length

    expect(new Set(draws)).toStrictEqual(new Set(['often', 'seldom']))
    expect(often).toBeGreaterThan(2800)
    expect(often).toBeLessThan(3200)
  })
})
