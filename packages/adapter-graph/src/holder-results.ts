import type { HolderProblem } from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import { blockedIn, type Ending, endings } from './endings.js'

/** What a look finds: null names are a husk. */
type Presence = Ending<{ readonly isHusk: boolean }>

/**
 * What the table of endings says of a removal, in the terms of the port.
 *
 * @param seen where the removal was answered 404, what a look found after it; null otherwise.
 */
export const removalResult = (
  ending: Ending<never>,
  seen: Presence | null,
): E.Either<HolderProblem, 'removed' | 'absent'> => {
  const { removal } = endings[ending.kind]
  switch (removal) {
    case 'cleared':
      return E.right('removed')
    case 'absent':
      return E.right('absent')
    case 'settle':
      return seen === null ? E.left(problemOf('retryLater', ending)) : settled(ending, seen)
    case 'unknown':
      return E.left({ _tag: 'UnknownOutcome', answer: answerOf(ending) })
    case 'refused':
    case 'retryLater':
    case 'notYet':
    case 'signIn':
      return E.left(problemOf(removal, ending))
  }
}

/** Nothing was done at an address where there is nothing: so whatever the look says may be tried again. */
const settled = (ending: Ending<never>, seen: Presence): E.Either<HolderProblem, 'absent'> => {
  const { readBack } = endings[seen.kind]
  switch (readBack) {
    case 'absent':
      return E.right('absent')
    case 'present':
    case 'refused':
      return E.left(problemOf('refused', ending))
    case 'settle':
    case 'retryLater':
    case 'notYet':
    case 'signIn':
      return E.left({ ...retryLater(seen), sent: true })
  }
}

/** What the table of endings says of a read-back, in the terms of the port. */
export const readBackResult = (ending: Presence): E.Either<HolderProblem, 'absent' | 'present' | 'husk'> => {
  const { readBack } = endings[ending.kind]
  switch (readBack) {
    case 'absent':
      return E.right('absent')
    case 'present':
      return E.right(ending.kind === 'found' && ending.value.isHusk ? 'husk' : 'present')
    case 'settle':
      return E.left(problemOf('retryLater', ending))
    case 'refused':
    case 'retryLater':
    case 'notYet':
    case 'signIn':
      return E.left(problemOf(readBack, ending))
  }
}

const problemOf = (
  meaning: 'refused' | 'retryLater' | 'notYet' | 'signIn',
  ending: Ending<unknown>,
): HolderProblem => {
  const answer = answerOf(ending)
  switch (meaning) {
    case 'refused':
      return { _tag: 'Refused', answer }
    case 'signIn':
      return { _tag: 'SignInRequired', sent: endings[ending.kind].sent, answer }
    case 'retryLater':
      return retryLater(ending)
    case 'notYet':
      return {
        _tag: 'NotYet',
        afterSeconds: waitOf(ending) ?? leastWaitSeconds,
        blockedBy: blockedIn(ending.kind),
      }
  }
}

const retryLater = (ending: Ending<unknown>) =>
  ({
    _tag: 'RetryLater',
    afterSeconds: waitOf(ending),
    sent: endings[ending.kind].sent,
    answer: answerOf(ending),
  }) as const

const answerOf = (ending: Ending<unknown>) => (ending.kind === 'found' ? {} : ending.answer)

/** Where nobody said when: soon, because nothing speaks against it. */
const leastWaitSeconds = 1

/** Whole seconds; null leaves it to the schedule of whoever called. */
const waitOf = (ending: Ending<unknown>): number | null =>
  ending.kind === 'found' || ending.retryAfterSeconds === null ? null : Math.ceil(ending.retryAfterSeconds)
