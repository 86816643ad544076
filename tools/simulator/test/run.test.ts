import { describe, expect, it } from 'vitest'
import { run, type Running } from '../src/run.js'
import { simulateRange } from '../src/simulate-range.js'
import { type SeedResult, simulateSeed } from '../src/simulate-seed.js'
import { losesJobs } from './alterations/broken-queues.js'

/** A run in this thread, and what it printed. */
const running = (seed: typeof simulateSeed = simulateSeed) => {
  const printed = { out: '', err: '' }
  let time = 0
  const parts: Running = {
    seed,
    range: async (from, seeds) => simulateRange(from, seeds, seed),
    out: text => {
      printed.out += text
    },
    err: text => {
      printed.err += text
    },
    now: () => {
      time += 1500
      return time
    },
  }
  return { parts, printed }
}

/** Seeds over a queue that loses jobs. */
const broken: typeof simulateSeed = async (seed, _sound, traced) => simulateSeed(seed, losesJobs(), traced)

/** A seed that sees nothing at all. */
const empty = async (seed: number): Promise<SeedResult> => ({ seed, violation: null, counts: {}, lines: [] })

describe('the simulator', () => {
  it('sums up what it has seen, and what it has not', async () => {
    const { parts, printed } = running()

    expect(await run(['--seeds', '3', '--from', '8'], parts)).toBe(0)
    expect(printed.out).toMatch(
      /^3 seeds from 8 on, \d+ steps, \d+ calls of ports, \d+ faults, 1\.5 s: every invariant held\.\n/,
    )
    expect(printed.out).toMatch(/\nEvents\n(?: +\d+ {2}\w+\n)+\nRequests, by how they ended\n/)
    expect(printed.err).toMatch(/^Weak: these were never seen; 500 seeds should see them all\.\n {2}\w/)
  })

  it('fails where so many seeds have not seen everything', async () => {
    const { parts, printed } = running(empty)

    expect(await run(['--seeds', '500'], parts)).toBe(1)
    expect(printed.err).toMatch(/^Weak: these were never seen, and so many seeds should have seen them\.\n/)
    expect(printed.err).toContain('  events: removalRequested\n')
    expect(printed.err).toContain('  faults: worker crashed\n')
  })

  it('shows the lowest seed that fails, with the invariant, its trace and the way to see it again', async () => {
    const { parts, printed } = running(broken)

    expect(await run(['--seeds', '50'], parts)).toBe(1)
    const [, seed = ''] = /Seed (\d+) violates approvedRequestEnds: an approved request reaches an end/.exec(
      printed.out,
    ) ?? ['']
    expect(seed).toMatch(/^\d+$/)
    expect(printed.out).toMatch(/^2026-\S+Z .*\n(?:2026-\S+Z .*\n){50,}/)
    expect(printed.out).toMatch(/\nIt saw: R\d+ is \w+, and nobody works on it\n/)
    expect(printed.out).toContain(`\nTo see it again: npm run simulate -- --seed ${seed} --trace\n`)

    const again = running(broken)
    expect(await run(['--seed', seed], again.parts)).toBe(1)
    expect(again.printed.out).toBe(printed.out)
  })

  it('shows one seed, and its trace to those who ask for it', async () => {
    const [brief, whole] = [running(), running()]

    expect(await run(['--seed', '7'], brief.parts)).toBe(0)
    expect(await run(['--seed', '7', '--trace'], whole.parts)).toBe(0)
    expect(brief.printed.out).toMatch(/^Seed 7: \d+ steps, every invariant held\.\n$/)
    expect(whole.printed.out.endsWith(brief.printed.out)).toBe(true)
    expect(whole.printed.out.split('\n').length).toBeGreaterThan(50)
  })

  it('names every mistake in the options, and does nothing', async () => {
    const { parts, printed } = running(broken)

    expect(await run(['--seeds', 'x', '--trace'], parts)).toBe(2)
    expect(printed.out).toBe('')
    expect(printed.err).toMatch(
      /^The simulator cannot start:\n--seeds: expected .*\n--trace: needs --seed.*\n\n/,
    )
  })

  it('explains itself', async () => {
    const { parts, printed } = running()

    expect(await run(['--help'], parts)).toBe(0)
    expect(printed.out).toContain('npm run simulate -- --seed 1234 --trace')
  })
})
