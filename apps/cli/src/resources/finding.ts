import * as t from 'io-ts'
import type { Resource } from './resource.js'

const Outcome = t.keyof({ ok: null, warning: null, failed: null, skipped: null })

const Finding = t.strict(
  { check: t.string, outcome: Outcome, finding: t.string, advice: t.union([t.string, t.null]) },
  'Finding',
)
/** What one check of a setup found, and what to do about it. */
export type Finding = t.TypeOf<typeof Finding>

const check = { name: 'check', widest: 'certificate'.length, cell: (found: Finding) => found.check }
const outcome = { name: 'outcome', widest: 'warning'.length, cell: (found: Finding) => found.outcome }

export const findingResource: Resource<Finding> = {
  codec: Finding,
  columns: [
    check,
    outcome,
    { name: 'finding', cell: ({ finding }) => finding },
    { name: 'advice', cell: ({ advice }) => advice },
  ],
  summary: [
    check,
    outcome,
    { name: 'finding', cell: ({ finding, advice }) => (advice === null ? finding : `${finding} ${advice}`) },
  ],
}
