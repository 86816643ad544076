import { addSeconds, secondsBetween } from '@lethe/domain'
import { elementAt, upTo } from '@lethe/application/testing'
import { describe, expect, it } from 'vitest'
import { submittedAndApproved } from './acts.js'
import { callsOf, retryLater, type Script, scripted, unknownOutcome } from './scripted-holder.js'
import { work, workFor } from './worker.js'
import { attempts, createWorld, readBacks, eventTypesOf, requestOf } from './world.js'

const later = (afterSeconds: number | null = null) => ({ problem: retryLater(afterSeconds), effect: false })

describe('performRemoval, when a holder has a problem', () => {
  it('asks again after a while where the holder is down', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now, { removes: [later(), later()] })
    world.configure([holder])
    const { id } = await submittedAndApproved(world)

    await workFor(world, 600)

    expect((await requestOf(world, id)).state).toBe('completed')
    const removes = holder.calls.filter(({ call }) => call === 'remove').map(({ at }) => at)
    const [first, second, third] = [elementAt(removes, 0), elementAt(removes, 1), elementAt(removes, 2)]
    expect(removes).toHaveLength(3)
    expect(secondsBetween(first, second)).toBeGreaterThanOrEqual(60)
    expect(secondsBetween(second, third)).toBeGreaterThanOrEqual(120)
  })

  it('waits for as long as the holder asks for', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now, { removes: [later(7200)] })
    world.configure([holder])
    const { id } = await submittedAndApproved(world)

    await workFor(world, 7140)
    expect(callsOf(holder)).toStrictEqual(['remove'])
    await workFor(world, 120)

    expect((await requestOf(world, id)).state).toBe('completed')
  })

  it.each<[string, Script]>([
    ['removing', { removes: [later(10 * 365 * 86_400)] }],
    ['reading back', { readBacks: [retryLater(10 * 365 * 86_400)] }],
  ])('does not wait past the end of trying, whatever the holder asks for on %s', async (_, script) => {
    const world = createWorld()
    world.configure([scripted(world.graphData.holder, world.clock.now, script)])
    const { id } = await submittedAndApproved(world)

    await workFor(world, readBacks.giveUpAfterSeconds + 3600, 3600)

    expect((await requestOf(world, id)).state).toBe('completed')
  })

  it('waits for as long as a holder asks for, even where another is to be asked sooner', async () => {
    const world = createWorld()
    const patient = scripted(world.graphData.holder, world.clock.now, { removes: [later(7200)] })
    const brief = scripted(world.crmData.holder, world.clock.now, { removes: [later(60)] })
    world.configure([patient, brief])
    const { id } = await submittedAndApproved(world)
    const start = world.clock.now()

    await workFor(world, 3 * 7200)

    expect((await requestOf(world, id)).state).toBe('completed')
    const early = patient.calls.filter(({ at }) => at > start && at < addSeconds(start, 7200))
    expect(early).toStrictEqual([])
  })

  it('waits for as long as the holder asks for when it is read back', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now, { readBacks: [retryLater(7200)] })
    world.configure([holder])
    const { id } = await submittedAndApproved(world)

    await workFor(world, 7100, 100)
    expect(callsOf(holder)).toStrictEqual(['remove', 'readBack'])
    await workFor(world, 7200)

    expect((await requestOf(world, id)).state).toBe('completed')
  })

  it('settles an unknown outcome at once by reading back', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now, {
      removes: [{ problem: unknownOutcome, effect: true }],
    })
    world.configure([holder])
    const { id } = await submittedAndApproved(world)

    await work(world)

    expect((await requestOf(world, id)).state).toBe('completed')
    expect(callsOf(holder)).toStrictEqual(['remove', 'readBack', 'readBack'])
  })

  it('reads first after an unknown outcome, and does not ask again where the profile is gone', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now, {
      removes: [{ problem: unknownOutcome, effect: true }],
      readBacks: [unknownOutcome],
    })
    world.configure([holder])
    const { id } = await submittedAndApproved(world)

    await workFor(world, 600)

    expect((await requestOf(world, id)).state).toBe('completed')
    expect(callsOf(holder)).toStrictEqual(['remove', 'readBack', 'readBack', 'readBack'])
  })

  it('reads first until the unknown is settled, however often the holder is down in between', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now, {
      removes: [{ problem: unknownOutcome, effect: true }],
      readBacks: [unknownOutcome, retryLater(), retryLater()],
    })
    world.configure([holder])
    const { id } = await submittedAndApproved(world)

    await workFor(world, 3600)

    expect((await requestOf(world, id)).state).toBe('completed')
    expect(callsOf(holder).filter(call => call === 'remove')).toHaveLength(1)
  })

  it('asks again after an unknown outcome where the profile is still there', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now, {
      removes: [{ problem: unknownOutcome, effect: false }],
    })
    world.configure([holder])
    const { id } = await submittedAndApproved(world)

    await workFor(world, 600)

    expect((await requestOf(world, id)).state).toBe('completed')
    expect(callsOf(holder)).toStrictEqual(['remove', 'readBack', 'readBack', 'remove', 'readBack'])
  })

  it('gives up on a holder that stays down, and says so', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now, {
      removes: upTo(500).map(() => later()),
    })
    world.configure([holder])
    const { id } = await submittedAndApproved(world)

    await workFor(world, attempts.giveUpAfterSeconds + 2 * attempts.longestDelaySeconds, 600)

    expect(await requestOf(world, id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'holderUnavailable', holder: holder.name },
    })
    const last = holder.calls.at(-1)?.at ?? world.clock.now()
    const tried = secondsBetween(elementAt(holder.calls, 0).at, last)
    expect(tried).toBeGreaterThanOrEqual(attempts.giveUpAfterSeconds)
    expect((await eventTypesOf(world, id)).at(-1)).toBe('removalFailed')
  })
})
