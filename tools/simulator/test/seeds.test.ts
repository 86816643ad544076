import { describe, expect, it } from 'vitest'
import { unseenIn } from '../src/coverage.js'
import { type SeedResult, simulateSeed } from '../src/simulate-seed.js'
import { type Counts, sumOf, totalOf } from '../src/tally.js'

const blockSize = 50
/** So many see everything that can happen. */
const enough = 350
const blocks = Array.from(
  { length: Math.ceil(Math.max(enough, Number(process.env['LETHE_TEST_RUNS'])) / blockSize) },
  (_, index) => 1 + index * blockSize,
)

const simulateBlock = async (from: number): Promise<ReadonlyArray<SeedResult>> => {
  const results: Array<SeedResult> = []
  for (let seed = from; seed < from + blockSize; seed += 1) results.push(await simulateSeed(seed))
  return results
}

const simulated = new Map<number, Promise<ReadonlyArray<SeedResult>>>()
/** The seeds of a block, simulated once for all tests that look at them. */
const blockFrom = async (from: number): Promise<ReadonlyArray<SeedResult>> => {
  const results = simulated.get(from) ?? simulateBlock(from)
  simulated.set(from, results)
  return results
}

describe('every invariant holds', () => {
  it.each(blocks)(`in the ${blockSize} seeds from %i on`, async from => {
    const results = await blockFrom(from)

    expect(results).toHaveLength(blockSize)
    expect(results.filter(({ violation }) => violation !== null)).toStrictEqual([])
  })
})

describe('all of them', () => {
  const countsOfAll = async (): Promise<Counts> => {
    let counts: Counts = {}
    for (const from of blocks)
      for (const result of await blockFrom(from)) counts = sumOf(counts, result.counts)
    return counts
  }

  it('see every fault, every event, every end and every answer', async () => {
    expect(unseenIn(await countsOfAll())).toStrictEqual([])
  })

  it('take a few hundred calls of ports each, and see faults in plenty', async () => {
    const counts = await countsOfAll()
    const seeds = blocks.length * blockSize

    expect(totalOf(counts, 'calls') / seeds).toBeGreaterThan(100)
    expect(totalOf(counts, 'calls') / seeds).toBeLessThan(400)
    expect(totalOf(counts, 'faults') / seeds).toBeGreaterThan(10)
  })
})
