import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startLethe } from './support/child.js'
import { holdingGraph } from './support/holding-graph.js'
import { type GraphWorld, openGraphWorld, user } from './support/graph-world.js'

let world: GraphWorld
beforeAll(async () => {
  world = await openGraphWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.misbehave({}))

/** Starts `lethe graph remove`. */
const start = (
  userId: string,
  more: ReadonlyArray<string> = [],
  env: Readonly<Record<string, string>> = {},
) =>
  startLethe(
    '',
    ['graph', 'remove', userId, '--break-glass', '--reason', 'x', '--confirm', userId, ...more],
    [],
    { ...world.env, ...env },
  )

/** Three looks, each at the profile that is gone and then at the collection. */
const absenceSeen = Array.from({ length: 6 }, () => 'GET')

describe('a process of its own', () => {
  it('removes', async () => {
    const { ended } = start(user(1), ['--query', 'outcome'])
    expect(await ended).toMatchObject({ code: 0, stdout: 'verifiedAbsent\n' })
  })

  it.each([
    ['after the effect', 'after', false],
    ['before it', 'before', true],
  ] as const)('that is killed while it waits %s loses nothing', async (_, when, calledAgain) => {
    const who = user(calledAgain ? 2 : 3)
    const graph = await holdingGraph(world.twin.address, when)
    onTestFinished(graph.stop)
    const { child, ended } = start(who, [], { LETHE_GRAPH_URL: graph.root })
    await graph.held
    child.kill('SIGKILL')
    expect(await ended).toMatchObject({ signal: 'SIGKILL', stdout: '' })
    const again = await start(who, ['--verbose', '--query', 'outcome']).ended
    expect(again).toMatchObject({ code: 0, stdout: 'verifiedAbsent\n' })
    expect(again.stderr).toContain('a removal of this profile is open (removing)')
    // It looks at the profile before it asks again, and asks again only where that is still there.
    expect(again.stderr.match(/GET [^\n]*|POST [^\n]*/g)?.map(line => line.slice(0, 4).trim())).toEqual(
      calledAgain ? ['GET', 'GET', 'POST', ...absenceSeen] : ['GET', 'GET', 'GET', 'GET', ...absenceSeen],
    )
    expect(await world.isThere(who)).toBe(false)
    expect(await world.graph(['history', '--verify'])).toMatchObject({ code: 0 })
  })

  it('keeps a second one out, and lets it in afterwards', async () => {
    const graph = await holdingGraph(world.twin.address, 'after')
    onTestFinished(graph.stop)
    const first = start(user(4), [], { LETHE_GRAPH_URL: graph.root })
    await graph.held
    const second = await start(user(5)).ended
    expect(second).toMatchObject({ code: 5, stdout: '' })
    expect(second.stderr).toContain('Another lethe graph remove')
    expect(await world.isThere(user(5))).toBe(true)
    graph.letGo()
    expect(await first.ended).toMatchObject({ code: 0 })
    expect(await start(user(5)).ended).toMatchObject({ code: 0 })
  })

  it('that is told to end gives up, and says what is open', async () => {
    world.misbehave({ staysForSeconds: 3600 })
    const { child, output, ended } = start(user(6))
    await expect.poll(() => output.stderr).toContain('not gone yet')
    child.kill('SIGTERM')
    const { code, stderr } = await ended
    expect(code).toBe(130)
    expect(stderr).toContain('is open in the local history')
  })
})
