import type { HolderProblem } from '@lethe/application'
import type { Fault } from './faults.js'
import type { Random } from './random.js'
import type { Weather } from './weather.js'

/** How a holder behaves towards one tenant. */
export interface Conduct {
  /** What nothing can be done about: it always refuses, or takes the call and keeps the data all the same. */
  readonly hopeless: 'refuses' | 'keeps' | null
  /** Whether it can say if data is still there. */
  readonly readable: boolean
  /** How long it may take until data is gone, in seconds; 0 for at once. */
  readonly slowness: number
  /** Whether somebody has to sign in again. */
  readonly signedOut: boolean
}

const day = 86_400

export const drawnConduct = (random: Random): Conduct => ({
  hopeless: random.weighted([
    [20, null],
    [1, 'refuses'],
    [1, 'keeps'],
  ]),
  readable: !random.chance(0.12),
  slowness: random.weighted([
    [6, 0],
    [2, 3600],
    [2, 3 * day],
    [1, 12 * day],
  ]),
  signedOut: random.chance(0.05),
})

/** A problem that a holder has by itself, and whether the call has its effect before it fails. */
export interface OwnProblem {
  readonly problem: HolderProblem
  readonly effect: boolean
  readonly fault: Fault
}

/** The problem of one call; null for none. Signing in and refusing for good come first. */
export const drawnProblem = (
  random: Random,
  weather: Weather,
  { hopeless, signedOut }: Conduct,
  call: 'remove' | 'readBack',
): OwnProblem | null => {
  if (signedOut)
    return {
      problem: { _tag: 'SignInRequired', sent: random.chance(0.5) },
      effect: false,
      fault: 'holder needs sign-in',
    }
  if (hopeless === 'refuses' && call === 'remove')
    return { problem: { _tag: 'Refused' }, effect: false, fault: 'holder refuses for ever' }
  if (!random.chance(weather.holderProblem)) return null
  return random.weighted<OwnProblem>([
    [
      4,
      {
        problem: {
          _tag: 'RetryLater',
          afterSeconds: random.pick([null, 5, 600, 2 * day, 20 * day]),
          sent: random.chance(0.5),
        },
        effect: false,
        fault: 'holder asks to wait',
      },
    ],
    [
      4,
      {
        problem: { _tag: 'NotYet', afterSeconds: random.pick([1, 60, 2 * day]) },
        effect: false,
        fault: 'holder not to be called yet',
      },
    ],
    [
      2,
      {
        problem: {
          _tag: 'NotYet',
          afterSeconds: random.pick([60, 300, day]),
          blockedBy: random.pick(['credential', 'permission']),
        },
        effect: false,
        fault: 'holder blocked for everybody',
      },
    ],
    [3, { problem: { _tag: 'UnknownOutcome' }, effect: false, fault: 'outcome unknown, without effect' }],
    [3, { problem: { _tag: 'UnknownOutcome' }, effect: true, fault: 'outcome unknown, with effect' }],
    [2, { problem: { _tag: 'Refused' }, effect: false, fault: 'holder refuses' }],
  ])
}
