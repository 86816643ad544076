import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { made } from './made.js'
import { newWork, PortionResult, portionsIn } from './portions.js'
import type { RangeResult } from './simulate-range.js'
import { sumOf } from './tally.js'

/** Simulates seeds on all processors, up to the first portion of them in which one fails. */
export const simulateOnThreads = async (from: number, seeds: number): Promise<RangeResult> => {
  const work = newWork(from, seeds)
  const threads = Math.min(availableParallelism(), portionsIn(seeds))
  const results = await Promise.all(
    Array.from({ length: threads }, async () =>
      resultsOf(new Worker(new URL('./seed-thread.js', import.meta.url), { workerData: work })),
    ),
  )
  return results.flat().reduce(added, { seeds: 0, failed: null, counts: {} })
}

/** What a thread says until it has ended. */
const resultsOf = async (thread: Worker): Promise<ReadonlyArray<RangeResult>> =>
  new Promise((resolve, reject) => {
    const results: Array<RangeResult> = []
    thread.on('message', message => {
      results.push(made(PortionResult, message))
    })
    thread.once('error', reject)
    thread.once('exit', () => {
      resolve(results)
    })
  })

const added = (one: RangeResult, other: RangeResult): RangeResult => ({
  seeds: one.seeds + other.seeds,
  failed: lowest(one.failed, other.failed),
  counts: sumOf(one.counts, other.counts),
})

const lowest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other)
