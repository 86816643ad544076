import { allPoints, apiPoints, type KillPoint } from '../kill-points.js'
import { type Random, randomFrom } from '../random.js'

/** One kill that is to come. */
export type Step =
  /** A process kills itself at a point, after it passed it so many times. */
  | { readonly kind: 'point'; readonly point: KillPoint; readonly member: number; readonly passes: number }
  /** A process is killed wherever it is, some milliseconds after the step before. */
  | {
      readonly kind: 'random'
      readonly role: 'api' | 'worker'
      readonly member: number
      readonly after: number
    }
  /** The database ends as by a power cut, or cleanly, and is away for some milliseconds. */
  | { readonly kind: 'crash' | 'bounce'; readonly after: number; readonly down: number }

/** What happens between two looks at what became of everything. The three run side by side. */
export interface Round {
  readonly api: ReadonlyArray<Step>
  readonly worker: ReadonlyArray<Step>
  readonly storm: ReadonlyArray<Step>
}

/** How many kills there are in a round. */
const roundSize = 25

/** Draws all kills of a run. The same seed gives the same plan. */
export const planOf = (seed: number, kills: number): ReadonlyArray<Round> => {
  const random = randomFrom(`plan ${seed}`)
  const crashes = Math.max(1, Math.round(kills * 0.04))
  const bounces = Math.max(kills > 1 ? 1 : 0, Math.round(kills * 0.025))
  const anywhere = Math.round(kills * 0.22)
  const atPoints = Math.max(0, kills - crashes - bounces - anywhere)
  const steps = random.shuffled([
    ...repeat(crashes, () => database(random, 'crash')),
    ...repeat(bounces, () => database(random, 'bounce')),
    ...repeat(anywhere, () => anywhereOf(random)),
    ...pointsOf(random, atPoints),
  ])
  return Array.from({ length: Math.ceil(steps.length / roundSize) }, (_, index) =>
    roundOf(steps.slice(index * roundSize, (index + 1) * roundSize)),
  )
}

const repeat = <A>(count: number, make: () => A): ReadonlyArray<A> => Array.from({ length: count }, make)

const database = (random: Random, kind: 'crash' | 'bounce'): Step => ({
  kind,
  after: random.between(200, 1500),
  down: random.between(0, 1200),
})

const anywhereOf = (random: Random): Step => ({
  kind: 'random',
  role: random.pick(['api', 'worker'] as const),
  member: random.below(2),
  after: random.between(100, 900),
})

/** Every point comes once before any comes twice. */
const pointsOf = (random: Random, count: number): ReadonlyArray<Step> => {
  const points: Array<KillPoint> = []
  while (points.length < count) points.push(...random.shuffled(allPoints))
  return points.slice(0, count).map(point => ({
    kind: 'point',
    point,
    member: random.below(2),
    passes: random.weighted([
      [6, 0],
      [2, 1],
      [1, 2],
    ]),
  }))
}

const ofApi: ReadonlySet<KillPoint> = new Set(apiPoints)

const roundOf = (steps: ReadonlyArray<Step>): Round => ({
  api: steps.filter(step => step.kind === 'point' && ofApi.has(step.point)),
  worker: steps.filter(step => step.kind === 'point' && !ofApi.has(step.point)),
  storm: steps.filter(step => step.kind !== 'point'),
})
