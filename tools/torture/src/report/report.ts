import { type Rule, rules } from '../checks/violation.js'
import { allPoints } from '../kill-points.js'
import type { Outcome } from '../outcome.js'

/** What is printed of a run. */
export const reportOf = (outcome: Outcome): string => {
  const { tally, seen, violations, inconclusive } = outcome
  return [
    '',
    ...table('kills', [
      ['at a kill point', tally.kinds.get('point') ?? 0],
      ['anywhere', tally.kinds.get('random') ?? 0],
      ['database, as by a power cut', tally.kinds.get('crash') ?? 0],
      ['database, stopped', tally.kinds.get('bounce') ?? 0],
      ['all', outcome.kills],
      ['processes started again', outcome.restarts],
      ['starts without a database', outcome.failedStarts],
    ]),
    ...table(
      'by point',
      allPoints.map(point => [point, tally.points.get(point) ?? 0]),
    ),
    ...table('disturbances', [...outcome.disturbances]),
    ...table('tampered with', [...tally.tampered]),
    ...(seen === null
      ? []
      : [
          ...table('requests', [...counted([...seen.stored.values()].map(({ state }) => state))]),
          ...table('acknowledged', [...counted(seen.acknowledged.map(({ what }) => what))]),
          ...table('decisions of batches', [
            ['batches', seen.batches.length],
            ...counted(seen.batchAttempts.map(({ route, told }) => `${route}: ${said[told]}`)),
          ]),
          ...table('holder', [
            ['calls', seen.calls.length],
            ['effects', seen.effects.length],
          ]),
        ]),
    ...table('calls of clients', [
      ['made', outcome.calls.made],
      ['without an answer', outcome.calls.unanswered],
      ['to be tried later', outcome.calls.unavailable],
    ]),
    ...table(`rules, checked ${outcome.looks} times (violations)`, violationCounts(outcome)),
    ...violations.map(({ rule, saw }) => `VIOLATION ${rule}: ${saw}`),
    ...inconclusive.map(reason => `INCONCLUSIVE: ${reason}`),
    '',
    `${outcome.kills} kills, ${violations.length} violations, ${outcome.elapsedSeconds.toFixed(1)} s`,
    '',
  ].join('\n')
}

const said = {
  done: 'done',
  refused: 'refused, the batch had changed, or nothing in it waited',
  nothing: 'no answer, or another',
} as const

const violationCounts = ({ violations }: Outcome): ReadonlyArray<readonly [string, number]> => {
  const counts = counted(violations.map(({ rule }) => rule))
  return ruleNames.map(rule => [rules[rule], counts.get(rule) ?? 0])
}

const isRule = (name: string): name is Rule => name in rules
const ruleNames = Object.keys(rules).filter(isRule)

const counted = <K extends string>(names: ReadonlyArray<K>): ReadonlyMap<K, number> => {
  const counts = new Map<K, number>()
  for (const name of names.toSorted()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

const table = (title: string, rows: ReadonlyArray<readonly [string, number]>): ReadonlyArray<string> => [
  title,
  ...rows.map(([name, number]) => `  ${String(number).padStart(6)}  ${name}`),
  '',
]
