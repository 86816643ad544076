import { addSeconds, secondsBetween } from '@lethe/domain'
import { elementAt, upTo } from '@lethe/application/testing'
import { describe, expect, it } from 'vitest'
import { retried, submittedAndApproved } from './acts.js'
import {
  callsOf,
  notYet,
  retryLater,
  type Script,
  scripted,
  unknownOutcome,
  unsentYet,
} from './scripted-holder.js'
import { portsOf, work, workFor, workOnce } from './worker.js'
import { attempts, createWorld, eventsOf, eventTypesOf, readBacks, requestOf } from './world.js'

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
    world.configure([brief])
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

describe('performRemoval, when it is not the turn of a holder', () => {
  const held = async (script: Script) => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now, script)
    world.configure([holder])
    const { id } = await submittedAndApproved(world)
    return { world, holder, id }
  }

  it.each<[string, Script, ReadonlyArray<string>]>([
    ['to remove', { removes: upTo(50).map(() => ({ problem: notYet(30), effect: false })) }, ['remove']],
    ['to read back', { readBacks: upTo(50).map(() => notYet(30)) }, ['remove', 'readBack']],
  ])('puts the job off %s, and the history says nothing of it', async (_, script, calls) => {
    const { world, holder, id } = await held(script)

    const until = addSeconds(world.clock.now(), 30)
    expect(await workOnce(portsOf(world))).toStrictEqual([{ kind: 'postponed', until }])
    const before = await eventTypesOf(world, id)
    expect(callsOf(holder)).toStrictEqual(calls)
    await workFor(world, 600, 30)

    expect(await eventTypesOf(world, id)).toStrictEqual(before)
    expect(holder.calls.length).toBeGreaterThan(15)
    await workFor(world, 1200, 30)
    expect((await requestOf(world, id)).state).toBe('completed')
  })

  it('counts no attempt that never left', async () => {
    const { world, id } = await held({
      removes: [
        { problem: notYet(30), effect: false },
        { problem: unsentYet, effect: false },
        { problem: retryLater(), effect: false },
      ],
    })

    await workFor(world, 900)

    expect(await requestOf(world, id)).toMatchObject({ state: 'completed', holders: [{ attempts: 2 }] })
  })

  it('records a wait that is long', async () => {
    const { world, id } = await held({ removes: [{ problem: notYet(86_400), effect: false }] })

    await work(world)

    const last = (await eventsOf(world, id)).at(-1)
    expect(last).toMatchObject({ type: 'holderAttemptFailed', data: { called: false, reason: 'retryLater' } })
  })

  it('gives up in the end, and says that it never called', async () => {
    const { world, holder, id } = await held({
      removes: upTo(3000).map(() => ({ problem: notYet(300), effect: false })),
    })

    await workFor(world, attempts.giveUpAfterSeconds + 600, 300)

    expect(await requestOf(world, id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'holderUnavailable', holder: holder.name },
      holders: [{ attempts: 0 }],
    })
  })

  it('does not keep a sign-in that is missing for one that was asked for by the holder', async () => {
    const { world, id } = await held({
      removes: [{ problem: { _tag: 'SignInRequired', sent: false }, effect: false }],
    })

    await work(world)

    expect(await requestOf(world, id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'signInRequired' },
      holders: [{ attempts: 0 }],
    })
  })

  it('goes on with the other holders, and comes back for the one alone', async () => {
    const world = createWorld()
    const busy = scripted(world.graphData.holder, world.clock.now, {
      removes: [{ problem: notYet(30), effect: false }],
    })
    const free = scripted(world.crmData.holder, world.clock.now)
    world.configure([busy, free])
    const { id } = await submittedAndApproved(world)

    expect(await workOnce(portsOf(world))).toMatchObject([{ kind: 'postponed' }])
    expect(callsOf(free)).toStrictEqual(['remove'])
    await workFor(world, 60, 30)

    expect((await requestOf(world, id)).state).toBe('completed')
    expect(callsOf(free)).toStrictEqual(['remove', 'readBack'])
  })

  it('leaves it to the next job where another holder calls for one', async () => {
    const world = createWorld()
    const busy = scripted(world.graphData.holder, world.clock.now, {
      removes: [{ problem: notYet(30), effect: false }],
    })
    const down = scripted(world.crmData.holder, world.clock.now, { removes: [later()] })
    world.configure([busy, down])
    const { id } = await submittedAndApproved(world)

    expect(await workOnce(portsOf(world))).toStrictEqual([{ kind: 'finished' }])
    await workFor(world, 600)

    expect((await requestOf(world, id)).state).toBe('completed')
  })

  it('records a removal that a retry repeated, though it cannot be read yet', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now, {
      removes: ['acceptedWithoutEffect'],
      readBacks: upTo(200).map(() => 'present' as const),
    })
    world.configure([holder])
    const { id } = await submittedAndApproved(world)
    await workFor(world, readBacks.giveUpAfterSeconds + 3600, 3600)
    expect((await requestOf(world, id)).state).toBe('failed')
    holder.readBacks.splice(0, holder.readBacks.length, 'present', notYet(30))

    await retried(world, id, world.adele)
    await work(world)

    expect((await eventsOf(world, id)).at(-1)).toMatchObject({
      type: 'readBackRecorded',
      data: { result: 'unknown', removalRepeated: true },
    })
  })
})
