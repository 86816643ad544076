import { apiPoints } from '../kill-points.js'
import type { Assault } from './assault.js'
import type { Round, Step } from './plan.js'

/** After the plan, for points that nobody came to, and for kills that are missing. */
const mostExtraRounds = 3

export interface Playing {
  /** @returns whether everything held. */
  readonly play: (round: Round, index: number) => Promise<boolean>
  readonly assault: Assault
  readonly done: () => number
  readonly isOver: () => boolean
  readonly kills: number
}

/** Plays the plan, and then what was missed of it, until something is found to be wrong. */
export const playAll = async (
  plan: ReadonlyArray<Round>,
  { play, assault, done, isOver, kills }: Playing,
): Promise<void> => {
  for (let index = 0; index < plan.length + mostExtraRounds && !isOver(); index += 1) {
    const again = assault.takeMissed()
    const planned = plan[index]
    const missing = Math.max(0, kills - done() - again.length)
    if (planned === undefined && again.length + missing === 0) return
    const round = withMissed(planned ?? { api: [], worker: [], storm: fillers(missing) }, again)
    if (!(await play(round, index))) return
  }
}

const ofApi: ReadonlySet<string> = new Set(apiPoints)

const withMissed = (round: Round, again: ReadonlyArray<Step>): Round => ({
  ...round,
  api: [...round.api, ...again.filter(step => step.kind === 'point' && ofApi.has(step.point))],
  worker: [...round.worker, ...again.filter(step => step.kind === 'point' && !ofApi.has(step.point))],
})

const fillers = (count: number): ReadonlyArray<Step> =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'random',
    role: index % 2 === 0 ? 'worker' : 'api',
    member: index,
    after: 300,
  }))
