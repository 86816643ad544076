import fc from 'fast-check'
import { FailureReason, type Instant, type RemovalCommand } from '../../src/index.js'
import { command, secondsAfter, submittedAt } from './commands.js'
import {
  adele,
  archive,
  friday,
  graph,
  grady,
  isaiah,
  lee,
  megan,
  monday,
  note,
  payroll,
} from './people-and-places.js'

const people = [adele, megan, isaiah, lee, grady]
const day = 86_400

const anybody = fc.constantFrom(...people)
const anyHolder = fc.constantFrom(graph, payroll, archive)
const reason = fc.constantFrom(...Object.keys(FailureReason.keys).filter(key => FailureReason.is(key)))
const policy = fc.constantFrom(
  { mode: 'automatic' } as const,
  ...[1, 2, 3].map(required => ({ mode: 'approvers', required }) as const),
)
const configured = fc.uniqueArray(anyHolder, { minLength: 1 })

/** Submissions under every policy, by anybody, with at least one holder. */
const submissions: fc.Arbitrary<RemovalCommand> = fc
  .record({
    by: anybody,
    policy,
    expiresAfterDays: fc.constantFrom(null, 0, 30, 90),
    holders: configured,
    batch: fc.constantFrom(null, friday),
    waited: fc.integer({ min: 0, max: 40 * day }),
  })
  .map(({ waited, ...given }) => command.submit({ ...given, receivedAt: secondsAfter(submittedAt, -waited) }))

const removalResult = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom({ kind: 'removed' } as const, { kind: 'absent' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'unknownOutcome' } as const) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(null, 0, 30, 7200)
      .map(afterSeconds => ({ kind: 'retryLater', afterSeconds }) as const),
  },
  { weight: 1, arbitrary: reason.map(given => ({ kind: 'failed', reason: given }) as const) },
)
const readBackResult = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom({ kind: 'absent' } as const, { kind: 'notSupported' } as const),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom({ kind: 'present' } as const, { kind: 'unknown' } as const),
  },
  { weight: 1, arbitrary: reason.map(given => ({ kind: 'failed', reason: given }) as const) },
)

const absenceRule = fc.record({
  looks: fc.integer({ min: 1, max: 3 }),
  seconds: fc.constantFrom(0, 60, 3600),
})
const look = fc.record({ holder: anyHolder, result: fc.constantFrom('present', 'absent', 'notLooked') })

const anyCommand: fc.Arbitrary<RemovalCommand> = fc.oneof(
  { weight: 1, arbitrary: submissions },
  {
    weight: 4,
    arbitrary: fc
      .record({
        by: anybody,
        receivedAt: fc.oneof(
          fc.constant(null),
          fc.integer({ min: 0, max: 80 * day }).map(waited => secondsAfter(submittedAt, -waited)),
        ),
        batch: fc.constantFrom(null, friday, monday),
      })
      .map(command.join),
  },
  { weight: 6, arbitrary: anybody.map(by => command.approve({ by, guest: by === grady })) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        by: anybody,
        code: fc.constantFrom('legalClaims', 'duplicate', 'other'),
        note: fc.constantFrom(null, note),
      })
      .map(command.deny),
  },
  { weight: 1, arbitrary: fc.constant(command.expire()) },
  {
    weight: 1,
    arbitrary: fc.record({ by: anybody, reach: fc.constantFrom('any', 'own') }).map(command.withdraw),
  },
  {
    weight: 8,
    arbitrary: fc
      .oneof({ weight: 9, arbitrary: configured }, { weight: 1, arbitrary: fc.constant([]) })
      .chain(holders => absenceRule.map(absence => command.start({ holders, absence }))),
  },
  {
    weight: 12,
    arbitrary: fc
      .record({ holder: anyHolder, result: removalResult, called: fc.boolean() })
      .map(command.recordHolderResult),
  },
  {
    weight: 12,
    arbitrary: fc
      .record({ holder: anyHolder, result: readBackResult, removalRepeated: fc.boolean() })
      .map(command.recordReadBack),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ holder: anyHolder, blockedBy: fc.constantFrom('credential', 'permission') })
      .map(command.recordBlock),
  },
  { weight: 1, arbitrary: reason.map(given => command.fail({ reason: given })) },
  { weight: 4, arbitrary: anybody.map(by => command.retry({ by })) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        by: anybody,
        code: fc.constantFrom('handledManually', 'other'),
        note: fc.constantFrom(null, note),
        lastLook: fc.uniqueArray(look, { selector: ({ holder }) => holder }),
      })
      .map(command.close),
  },
)

const pause = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 7200 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 * day }) },
)

const at = (asked: RemovalCommand, when: Instant): RemovalCommand =>
  asked.type === 'recordBlock'
    ? { ...asked, at: when, retryAt: secondsAfter(when, 60) }
    : { ...asked, at: when }

/** A submission and up to sixty commands after it, each at its time, whether or not they make sense. */
export const histories: fc.Arbitrary<ReadonlyArray<RemovalCommand>> = fc
  .tuple(submissions, fc.array(fc.tuple(anyCommand, pause), { maxLength: 60, size: 'max' }))
  .map(([first, later]) => {
    let elapsed = 0
    return [
      first,
      ...later.map(([asked, waited]) => {
        elapsed += waited
        return at(asked, secondsAfter(submittedAt, elapsed))
      }),
    ]
  })
