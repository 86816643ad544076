import { describe, expect, it } from 'vitest'
import { planOf, type Step } from '../src/assault/plan.js'
import { allPoints } from '../src/kill-points.js'

const stepsOf = (seed: number, kills: number): ReadonlyArray<Step> =>
  planOf(seed, kills).flatMap(({ api, worker, storm }) => [...api, ...worker, ...storm])

describe('the plan of a run', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planOf(7, 60)).toEqual(planOf(7, 60))
    expect(planOf(8, 60)).not.toEqual(planOf(7, 60))
  })

  it.each([1, 2, 12, 25, 26, 200])('has as many kills as were asked for: %i', kills => {
    expect(stepsOf(1, kills)).toHaveLength(kills)
  })

  it('comes to every kill point with 200 kills', () => {
    const points = new Set(stepsOf(1, 200).flatMap(step => (step.kind === 'point' ? [step.point] : [])))
    expect([...points].toSorted()).toEqual([...allPoints].toSorted())
  })

  it('ends the database in both ways even where it is short', () => {
    const kinds = new Set(stepsOf(3, 12).map(({ kind }) => kind))
    expect([...kinds].toSorted()).toEqual(['bounce', 'crash', 'point', 'random'])
  })
})
