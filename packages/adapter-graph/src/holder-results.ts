import type { HolderProblem } from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import { type Ending, endings } from './endings.js'

/** What the table of endings says of a removal, in the terms of the port. */
export const removalResult = (ending: Ending<unknown>): E.Either<HolderProblem, 'removed' | 'absent'> => {
  const { removal } = endings[ending.kind]
  switch (removal) {
    case 'cleared':
      return E.right('removed')
    case 'absent':
      return E.right('absent')
    case 'unknown':
      return E.left({ _tag: 'UnknownOutcome' })
    case 'refused':
    case 'retryLater':
    case 'notYet':
    case 'signIn':
      return E.left(problemOf(removal, ending))
  }
}

/** What the table of endings says of a read-back, in the terms of the port. */
export const readBackResult = (ending: Ending<unknown>): E.Either<HolderProblem, 'absent' | 'present'> => {
  const { readBack } = endings[ending.kind]
  switch (readBack) {
    case 'absent':
    case 'present':
      return E.right(readBack)
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
  const { sent } = endings[ending.kind]
  switch (meaning) {
    case 'refused':
      return { _tag: 'Refused' }
    case 'signIn':
      return { _tag: 'SignInRequired', sent }
    case 'retryLater':
      return { _tag: 'RetryLater', afterSeconds: waitOf(ending), sent }
    case 'notYet':
      return { _tag: 'NotYet', afterSeconds: waitOf(ending) ?? leastWaitSeconds }
  }
}

/** Where nobody said when: soon, because nothing speaks against it. */
const leastWaitSeconds = 1

/** Whole seconds; null leaves it to the schedule of whoever called. */
const waitOf = (ending: Ending<unknown>): number | null =>
  ending.kind === 'found' || ending.retryAfterSeconds === null ? null : Math.ceil(ending.retryAfterSeconds)
