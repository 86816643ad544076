import { describe, expect, it } from 'vitest'
import { unaltered } from '../src/alterations.js'
import { type SeedResult, simulateSeed } from '../src/simulate-seed.js'

const traced = async (seed: number): Promise<SeedResult> => simulateSeed(seed, unaltered, true)

describe('a seed', () => {
  it.each([1, 7, 42, 1234, 999_999_999_999_999])('%i gives the identical trace twice', async seed => {
    const [once, again] = [await traced(seed), await traced(seed)]

    expect(once.lines.length).toBeGreaterThan(50)
    expect(again).toStrictEqual(once)
  })

  it('comes out the same whether somebody reads the trace or not', async () => {
    const [read, unread] = [await traced(7), await simulateSeed(7)]

    expect(unread).toStrictEqual({ ...read, lines: [] })
  })

  it('comes out the same whatever else is simulated at the same time', async () => {
    const alone = [await traced(5), await traced(6), await traced(7)]
    const together = await Promise.all([traced(5), traced(6), traced(7)])

    expect(together).toStrictEqual(alone)
  })

  it('gives another trace than any other seed', async () => {
    const traces = await Promise.all(
      [11, 12, 13, 14, 15].map(async seed => (await traced(seed)).lines.join('\n')),
    )

    expect(new Set(traces).size).toBe(5)
  })
})
