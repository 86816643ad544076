import type { PaceStates } from '@lethe/application'

/** What a pace works with. */
export interface SharedPaceDeps {
  readonly states: PaceStates
  /** Milliseconds that never go back, from any start. */
  readonly clock: () => number
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Gives a number from 0 up to 1. */
  readonly random: () => number
}
