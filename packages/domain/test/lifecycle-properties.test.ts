import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ActorReference,
  batchesOf,
  decide,
  isOpen,
  dueAt,
  jobsOf,
  RemovalState,
  type RemovalCommand,
  type RemovalEvent,
  type RemovalEventType,
  type RemovalRequest,
  replay,
  saturdayAndSunday,
} from '../src/index.js'
import { command, muchLater, secondsAfter, submittedAt } from './making/commands.js'
import { eventsOf, run, type State, stateAfter, type Step, take } from './making/history.js'
import { grady } from './making/people-and-places.js'
import { histories } from './making/random-commands.js'

const forEveryHistory = (check: (steps: ReadonlyArray<Step>) => void): void => {
  fc.assert(fc.property(histories, commands => check(run(commands))))
}

const accepted = ({ events }: Step): boolean => events.length > 0

const isUnderway = (
  state: State,
): state is Extract<RemovalRequest, { state: 'approved' | 'removing' | 'verifying' }> =>
  state !== null && ['approved', 'removing', 'verifying'].includes(state.state)

test('the random histories reach every state and record every event', () => {
  const sampled = fc.sample(histories, { numRuns: 2000, seed: 1 }).map(commands => run(commands))
  const states = new Set(sampled.flat().flatMap(({ after }) => (after === null ? [] : [after.state])))
  const types = new Set(sampled.flatMap(eventsOf).map(happened => happened.type))
  expect([...states].toSorted()).toEqual(Object.keys(RemovalState.keys).toSorted())
  expect(types.size).toBe(18)
})

describe('approvals', () => {
  /** Whose approval was accepted before the step, from the commands alone. */
  const approversBefore = (steps: ReadonlyArray<Step>, end: number): Set<ActorReference> =>
    new Set(
      steps
        .slice(0, end)
        .filter(accepted)
        .flatMap(({ command: asked }) => (asked.type === 'approve' ? [asked.by] : [])),
    )

  const required = (steps: ReadonlyArray<Step>): number => {
    const first = steps[0]?.command
    return first?.type === 'submit' && first.policy.mode === 'approvers' ? first.policy.required : 0
  }

  test('nothing is removed without those that the policy asks for: distinct, not the submitter, no guest', () => {
    forEveryHistory(steps => {
      const submitter = steps[0]?.after?.submittedBy
      const tooEarly = steps.filter((step, index) => {
        const counted = [...approversBefore(steps, index + 1)].filter(by => by !== submitter && by !== grady)
        return (
          counted.length < required(steps) &&
          ['approved', 'removing', 'verifying', 'completed'].includes(step.after?.state ?? '')
        )
      })
      expect(tooEarly).toEqual([])
    })
  })

  test('a submitter and a guest are never among them', () => {
    forEveryHistory(steps => {
      const last = steps.at(-1)?.after
      const approvers = last?.approvals.map(({ by }) => by) ?? []
      expect(approvers).not.toContain(last?.submittedBy)
      expect(approvers).not.toContain(grady)
      expect(new Set(approvers).size).toBe(approvers.length)
    })
  })

  test('whoever has approved may say so again in any later state', () => {
    forEveryHistory(steps => {
      const refused = steps.flatMap(({ after }) =>
        (after?.approvals ?? []).filter(({ by }) => !isNothing(take(after, command.approve({ by })).decided)),
      )
      expect(refused).toEqual([])
    })
  })
})

const isNothing = (decided: Step['decided']): boolean => E.isRight(decided) && decided.right.length === 0

describe('repeats', () => {
  /** Commands whose repeat is the same command, and not another try or another submission. */
  const isRepeatable = (asked: RemovalCommand): boolean => {
    switch (asked.type) {
      case 'join':
      case 'approve':
      case 'deny':
      case 'expire':
      case 'withdraw':
      case 'retry':
      case 'close':
      case 'fail':
      case 'recordBlock':
        return true
      case 'start':
        return asked.holders.length > 0
      case 'recordHolderResult':
        return asked.result.kind === 'removed' || asked.result.kind === 'absent'
      case 'recordReadBack':
        return asked.result.kind === 'absent' || asked.result.kind === 'notSupported'
      case 'submit':
        return false
    }
  }
  /** Absence is looked at again until the rule has what it asks for. */
  const isToBeSeenAgain = ({ events }: Step): boolean => events.some(({ type }) => type === 'absenceSeen')
  /** A last result can end a request in `failed`, because of another holder: that is no repeat to succeed. */
  const endedByAnotherHolder = ({ command: asked, after }: Step): boolean =>
    asked.type.startsWith('record') && after?.state === 'failed'

  test('a command that was accepted succeeds again and records nothing', () => {
    forEveryHistory(steps => {
      const notRepeated = steps
        .filter(step => accepted(step) && isRepeatable(step.command) && !isToBeSeenAgain(step))
        .filter(step => !endedByAnotherHolder(step))
        .filter(step => !isNothing(decide(step.command)(step.after)))
      expect(notRepeated).toEqual([])
    })
  })

  test('a result that was recorded is not recorded again while the request is under way', () => {
    forEveryHistory(steps => {
      const recorded = steps.filter(
        ({ command: asked, ...step }) =>
          asked.type === 'recordHolderResult' && accepted({ command: asked, ...step }) && isRepeatable(asked),
      )
      const last = steps.at(-1)?.after ?? null
      const twice =
        isUnderway(last) && last.state === 'verifying'
          ? recorded.filter(({ command: asked }) => take(last, asked).events.length > 0)
          : []
      expect(twice).toEqual([])
    })
  })

  test('a second submission of the same id records nothing', () => {
    forEveryHistory(steps => {
      const again = steps.slice(1).filter(({ command: asked }) => asked.type === 'submit')
      expect(again.filter(accepted)).toEqual([])
    })
  })
})

describe('joining', () => {
  const receipts = (steps: ReadonlyArray<Step>) =>
    steps.flatMap(step =>
      accepted(step) &&
      (step.command.type === 'submit' || step.command.type === 'join') &&
      step.command.receivedAt !== null
        ? [step.command.receivedAt]
        : [],
    )

  test('the earliest receipt counts, and moves the due date', () => {
    forEveryHistory(steps => {
      const last = steps.at(-1)?.after
      const [earliest] = receipts(steps).toSorted()
      expect(last?.receivedAt).toBe(earliest)
      expect(last?.dueAt).toBe(earliest === undefined ? undefined : dueAt(saturdayAndSunday, earliest))
    })
  })

  test('no request ever expires before it is due', () => {
    forEveryHistory(steps => {
      const early = steps.filter(
        ({ after }) => after !== null && after.expiresAt !== null && after.expiresAt < after.dueAt,
      )
      expect(early).toEqual([])
    })
  })

  test('the one who comes later brings the same due date as if they had come first', () => {
    fc.assert(
      fc.property(fc.nat(80), fc.nat(80), (one, other) => {
        const received = (days: number) => secondsAfter(submittedAt, -days * 86_400)
        const dueAfter = (first: number, second: number) =>
          run([
            command.submit({ receivedAt: received(first) }),
            command.join({ receivedAt: received(second) }),
          ]).at(-1)?.after?.dueAt
        expect(dueAfter(one, other)).toBe(dueAfter(other, one))
      }),
    )
  })

  test('leaves approvers the time that they had', () => {
    forEveryHistory(steps => {
      const joined = steps.filter(({ command: asked, events }) => asked.type === 'join' && events.length > 0)
      expect(joined.filter(({ before, after }) => before?.expiresAt !== after?.expiresAt)).toEqual([])
    })
  })

  test('a join adds an asker, a receipt or a batch, or it retries', () => {
    forEveryHistory(steps => {
      const idle = steps.filter(
        step =>
          step.command.type === 'join' &&
          accepted(step) &&
          step.events.every(({ type }) => type === 'requestJoined') &&
          JSON.stringify([askersOf(step.before), step.before?.receivedAt, batchesIn(step.before)]) ===
            JSON.stringify([askersOf(step.after), step.after?.receivedAt, batchesIn(step.after)]),
      )
      expect(idle).toEqual([])
    })
  })

  const askersOf = (state: State) =>
    state === null ? [] : [...new Set([state.submittedBy, ...state.joins.map(({ by }) => by)])]
  const batchesIn = (state: State) => (state === null ? [] : batchesOf(state))
})

describe('histories', () => {
  test('what was decided replays to the very state that was folded', () => {
    forEveryHistory(steps => {
      expect(replay(eventsOf(steps))).toEqual(E.right(steps.at(-1)?.after))
    })
  })

  test('sequences are contiguous, and the version is the last of them', () => {
    forEveryHistory(steps => {
      const events = eventsOf(steps)
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1))
      expect(steps.at(-1)?.after?.version).toBe(events.length)
    })
  })

  test('each event that is folded changes the state', () => {
    forEveryHistory(steps => {
      const ignored = steps.filter(({ before, events }) =>
        events.some((_, index) => {
          const earlier = stateAfter(before, events.slice(0, index))
          return stateAfter(earlier, events.slice(index, index + 1)) === earlier
        }),
      )
      expect(ignored).toEqual([])
    })
  })

  test('a history with an event dropped, doubled or swapped is corrupt', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (commands, choice) => {
        const events = eventsOf(run(commands))
        const index = choice % events.length
        const corrupted: ReadonlyArray<ReadonlyArray<RemovalEvent>> = [
          ...(index < events.length - 1 || events.length === 1 ? [events.toSpliced(index, 1)] : []),
          events.toSpliced(index, 0, ...events.slice(index, index + 1)),
          ...(index > 0
            ? [[...events.slice(0, index - 1), ...events.slice(index - 1, index + 1).toReversed()]]
            : []),
        ]
        expect(corrupted.map(replay).filter(E.isRight)).toEqual([])
      }),
    )
  })

  test('a refusal and a repeat leave the state as it is', () => {
    forEveryHistory(steps => {
      expect(steps.filter(step => !accepted(step) && step.after !== step.before)).toEqual([])
    })
  })

  test('no decision and no event changes the state that it is given', () => {
    forEveryHistory(steps => {
      const kept = steps.map(({ after }) => JSON.stringify(after))
      steps.forEach(({ command: asked, after }) => take(after, asked))
      expect(steps.map(({ after }) => JSON.stringify(after))).toEqual(kept)
    })
  })
})

describe('endings', () => {
  test('completed, denied, withdrawn, abandoned and expired are never left', () => {
    forEveryHistory(steps => {
      const ended = steps.filter(({ before }) => before !== null && !isOpen(before.state))
      expect(ended.filter(accepted)).toEqual([])
    })
  })

  test('failed is left only for removing, verifying, approved, withdrawn and abandoned', () => {
    forEveryHistory(steps => {
      const left = steps.filter(step => accepted(step) && step.before?.state === 'failed')
      const elsewhere = left.filter(
        ({ command: asked, after }) =>
          !((asked.type === 'retry' || asked.type === 'join') && isUnderway(after)) &&
          !(asked.type === 'withdraw' && after?.state === 'withdrawn') &&
          !(asked.type === 'close' && after?.state === 'abandoned'),
      )
      expect(elsewhere).toEqual([])
    })
  })

  test('a removal that has begun is not withdrawn, denied or expired', () => {
    forEveryHistory(steps => {
      const undone = steps.filter(
        ({ before, after }) =>
          ['removing', 'verifying'].includes(before?.state ?? '') &&
          ['withdrawn', 'denied', 'expired'].includes(after?.state ?? ''),
      )
      expect(undone).toEqual([])
    })
  })

  test('what is withdrawn had no effect, and what is abandoned may have had one', () => {
    forEveryHistory(steps => {
      const called = eventsOf(steps).some(
        ({ type, data }) =>
          (type.startsWith('holder') && 'called' in data && data.called) ||
          (type === 'readBackRecorded' && 'removalRepeated' in data && data.removalRepeated),
      )
      const last = steps.at(-1)?.after
      expect(last?.state === 'withdrawn' && called).toBe(false)
      expect(
        last?.state === 'abandoned' &&
          last.holders.every(({ attempts, unknownOutcome }) => attempts === 0 && !unknownOutcome),
      ).toBe(false)
    })
  })

  test('only what was read back as absent by every holder is verifiedAbsent', () => {
    forEveryHistory(steps => {
      const last = steps.at(-1)?.after
      const outcome = last?.state === 'completed' ? last.outcome : null
      const read = last?.state === 'completed' ? last.holders.map(({ state }) => state) : []
      expect(outcome === 'verifiedAbsent').toBe(
        read.length > 0 && read.every(state => state === 'verifiedAbsent'),
      )
      expect(outcome === 'acceptedOnly').toBe(read.includes('acceptedOnly'))
      expect(read.filter(state => state !== 'verifiedAbsent' && state !== 'acceptedOnly')).toEqual([])
    })
  })
})

describe('jobs', () => {
  const jobsFor: Record<RemovalEventType, 'always' | 'never' | 'whenDeferred'> = {
    removalRequested: 'never',
    requestJoined: 'never',
    approvalGiven: 'never',
    removalApproved: 'always',
    removalDenied: 'never',
    removalWithdrawn: 'never',
    requestExpired: 'never',
    removalStarted: 'never',
    holderCleared: 'never',
    holderAttemptFailed: 'always',
    holderBlocked: 'always',
    holderFailed: 'never',
    readBackRecorded: 'whenDeferred',
    absenceSeen: 'always',
    removalCompleted: 'never',
    removalFailed: 'never',
    removalRetried: 'always',
    removalAbandoned: 'never',
  }

  const isDeferred = (happened: RemovalEvent): boolean =>
    happened.type === 'readBackRecorded' && happened.data.nextAt !== null

  test('an event that calls for work has one job, which names it; any other has none', () => {
    forEveryHistory(steps => {
      const events = eventsOf(steps)
      const wanted = events.filter(
        happened =>
          jobsFor[happened.type] === 'always' ||
          (jobsFor[happened.type] === 'whenDeferred' && isDeferred(happened)),
      )
      expect(events.flatMap(jobsOf).map(({ causedBy }) => causedBy)).toEqual(
        wanted.map(({ sequence }) => sequence),
      )
    })
  })

  test('a request under way knows the latest of its jobs', () => {
    forEveryHistory(steps => {
      const stale = steps.filter(({ after }, index) => {
        const latest = steps
          .slice(0, index + 1)
          .flatMap(step => step.events)
          .flatMap(jobsOf)
          .at(-1)
        return isUnderway(after) && JSON.stringify(after.job) !== JSON.stringify(latest)
      })
      expect(stale).toEqual([])
    })
  })

  test('a job for later is never for earlier than the event', () => {
    forEveryHistory(steps => {
      const early = eventsOf(steps).filter(happened =>
        jobsOf(happened).some(({ notBefore }) => notBefore !== null && notBefore < happened.at),
      )
      expect(early).toEqual([])
    })
  })
})

describe('no request is stuck', () => {
  /** Looks enough for every rule, and far enough apart. */
  const looks = [0, 1, 2, 3].map(count => secondsAfter(muchLater, 20 * 365 * 86_400 + count * 3600))
  /** The runs of a worker to which every holder says yes. */
  const work = (state: State): State => {
    const holders = state?.holders.map(({ name }) => name) ?? []
    const started = run([command.start({ holders })], state).at(-1)?.after ?? null
    const steps = run(
      (started?.holders ?? []).flatMap(({ name: holder }) => [command.recordHolderResult({ holder })]),
      started,
    )
    const removed = steps.at(-1)?.after ?? started
    return (
      run(
        looks.flatMap(at =>
          (removed?.holders ?? []).map(({ name: holder }) => command.recordReadBack({ holder, at })),
        ),
        removed,
      ).at(-1)?.after ?? removed
    )
  }

  const finish = (state: State): State => {
    const worked = work(state)
    return worked?.state === 'failed' ? work(run([command.retry()], worked).at(-1)?.after ?? null) : worked
  }

  test('from wherever work has got to, holders that say yes lead to completed', () => {
    forEveryHistory(steps => {
      const stuck = steps
        .map(({ after }) => after)
        .filter(after => isUnderway(after) || after?.state === 'failed')
        .filter(after => finish(after)?.state !== 'completed')
      expect(stuck).toEqual([])
    })
  })

  test('while work is under way there is a holder left to ask or to read', () => {
    forEveryHistory(steps => {
      const idle = steps.filter(
        ({ after }) =>
          (after?.state === 'removing' && !after.holders.some(({ state }) => state === 'pending')) ||
          (after?.state === 'verifying' && !after.holders.some(({ state }) => state === 'cleared')),
      )
      expect(idle).toEqual([])
    })
  })
})
