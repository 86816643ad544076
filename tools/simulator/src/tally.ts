import type { Fault } from './faults.js'

/** What is counted: the names within a group are its own. */
export type Group = 'faults' | 'calls' | 'events' | 'ends' | 'failures' | 'answers' | 'removals' | 'steps'

/** How often each thing was seen, by group and name. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>

/** Counts what happens. */
export interface Tally {
  readonly count: (group: Exclude<Group, 'faults'>, name: string) => void
  readonly fault: (fault: Fault) => void
  readonly counts: () => Counts
}

export const createTally = (): Tally => {
  const groups = new Map<Group, Map<string, number>>()
  const count = (group: Group, name: string): void => {
    const names = groups.get(group) ?? new Map<string, number>()
    groups.set(group, names)
    names.set(name, (names.get(name) ?? 0) + 1)
  }
  return {
    count,
    fault: fault => count('faults', fault),
    counts: () => Object.fromEntries([...groups].map(([group, names]) => [group, Object.fromEntries(names)])),
  }
}

/** Adds up two counts. */
export const sumOf = (one: Counts, other: Counts): Counts =>
  merged(one, other, (names, more) => merged(names ?? {}, more, (count, added) => (count ?? 0) + added))

const merged = <A>(
  one: Readonly<Record<string, A>>,
  other: Readonly<Record<string, A>>,
  join: (known: A | undefined, added: A) => A,
): Readonly<Record<string, A>> => ({
  ...one,
  ...Object.fromEntries(Object.entries(other).map(([name, added]) => [name, join(one[name], added)])),
})

/** How often something was seen. */
export const countOf = (counts: Counts, group: Group, name: string): number => counts[group]?.[name] ?? 0

/** Everything of a group, added up. */
export const totalOf = (counts: Counts, group: Group): number =>
  Object.values(counts[group] ?? {}).reduce((sum, count) => sum + count, 0)
