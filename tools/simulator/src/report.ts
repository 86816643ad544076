import { seedsThatSeeAll, unseenIn } from './coverage.js'
import { invariants } from './invariants.js'
import type { RangeResult } from './simulate-range.js'
import type { SeedResult } from './simulate-seed.js'
import { type Counts, type Group, totalOf } from './tally.js'

const titles: Record<Group, string> = {
  faults: 'Faults',
  events: 'Events',
  ends: 'Requests, by how they ended',
  failures: 'Failures, by reason',
  removals: 'Calls that asked a holder to remove, by the state of the request by then',
  answers: 'Answers to people',
  calls: 'Calls of ports',
  steps: 'Steps',
}
const order: ReadonlyArray<Group> = [
  'faults',
  'events',
  'ends',
  'failures',
  'removals',
  'answers',
  'calls',
  'steps',
]

/** What was counted, group by group. */
const countsText = (counts: Counts): ReadonlyArray<string> =>
  order.flatMap(group => {
    const names = Object.entries(counts[group] ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1))
    return names.length === 0
      ? []
      : ['', titles[group], ...names.map(([name, count]) => `${String(count).padStart(10)}  ${name}`)]
  })

/** What came of a row of seeds that all kept the invariants. */
export const rangeText = (from: number, { seeds, counts }: RangeResult, seconds: number): string =>
  [
    `${seeds} seeds from ${from} on, ${totalOf(counts, 'steps')} steps, ${totalOf(counts, 'calls')} calls of ports, ` +
      `${totalOf(counts, 'faults')} faults, ${seconds.toFixed(1)} s: every invariant held.`,
    ...countsText(counts),
    '',
  ].join('\n')

/** What the seeds should have seen, and have not. */
export const weaknessText = ({ seeds, counts }: RangeResult): string => {
  const unseen = unseenIn(counts).map(name => `  ${name}`)
  return unseen.length === 0
    ? ''
    : [
        seeds >= seedsThatSeeAll
          ? 'Weak: these were never seen, and so many seeds should have seen them.'
          : `Weak: these were never seen; ${seedsThatSeeAll} seeds should see them all.`,
        ...unseen,
        '',
      ].join('\n')
}

/** Whether so many seeds should have seen more than they have. */
export const isTooWeak = ({ seeds, counts }: RangeResult): boolean =>
  seeds >= seedsThatSeeAll && unseenIn(counts).length > 0

/** What came of one seed. */
export const seedText = ({ seed, violation, lines, counts }: SeedResult): string =>
  [
    ...lines,
    ...(violation === null
      ? [`Seed ${seed}: ${totalOf(counts, 'steps')} steps, every invariant held.`]
      : [
          '',
          `Seed ${seed} violates ${violation.invariant}: ${invariants[violation.invariant]}.`,
          `It saw: ${violation.saw}`,
          `To see it again: npm run simulate -- --seed ${seed} --trace`,
        ]),
    '',
  ].join('\n')
