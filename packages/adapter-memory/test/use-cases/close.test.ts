import { closeRemoval, type DataHolder, getRemovalRequest } from '@lethe/application'
import { refuse, succeed } from '@lethe/application/testing'
import { describe, expect, it } from 'vitest'
import { closed, retried, submitted, submittedAndApproved } from './acts.js'
import { bob, granted } from './people.js'
import {
  refused as holderRefuses,
  notYet,
  retryLater,
  scripted,
  type ScriptedHolder,
  signInRequired,
  unknownOutcome,
} from './scripted-holder.js'
import { work } from './worker.js'
import { crm, createWorld, eventTypesOf, graph, historyOf, requestOf, type World } from './world.js'

const note = 'Bob Kelly was removed by hand, ticket 4711'

/** A request that failed after Graph was called, and how Graph is asked. */
const failed = async (world: World) => {
  const holder = scripted(world.graphData.holder, world.clock.now, {
    removes: [{ problem: holderRefuses, effect: false }],
  })
  world.configure([holder])
  const { id } = await submittedAndApproved(world)
  await work(world)
  holder.calls.length = 0
  return { id, holder }
}

const lookOf = async (world: World, answer: (holder: ScriptedHolder) => DataHolder) => {
  const { id, holder } = await failed(world)
  world.configure([answer(holder)])
  const { request } = await closed(world, id, world.isaiah)
  return request.state === 'abandoned' ? request.abandonment.lastLook : request.state
}

describe('closeRemoval', () => {
  it('ends a failed request with its code, the note beside it, and one look at the holder', async () => {
    const world = createWorld()
    const { id, holder } = await failed(world)

    const view = await closed(world, id, world.isaiah, note)

    expect(view).toMatchObject({
      note,
      request: {
        state: 'abandoned',
        abandonment: {
          code: 'handledManually',
          effects: 'possible',
          lastLook: [{ holder: graph, result: 'present' }],
        },
      },
    })
    expect([...view.actors.values()]).toMatchObject([
      { userId: world.adele.oid },
      { userId: world.megan.oid },
      { userId: world.isaiah.oid },
    ])
    expect(holder.calls.map(({ call }) => call)).toStrictEqual(['readBack'])
    expect(JSON.stringify(await historyOf(world, id))).not.toContain('4711')
    const grant = granted('getRemovalRequest', world.megan)
    expect(await succeed(getRemovalRequest(world.deps)({ grant, id }))).toStrictEqual(view)
  })

  it('lets a new request follow, and loses the note with the subject', async () => {
    const world = createWorld()
    const { id } = await failed(world)
    await closed(world, id, world.isaiah, note)

    const { request } = await submitted(world)
    expect(request).toMatchObject({ state: 'pendingApproval' })
    expect(request.id).not.toBe(id)

    await succeed(world.store.subjects.erase(world.tenantId, bob))
    const grant = granted('getRemovalRequest', world.megan)
    expect(await succeed(getRemovalRequest(world.deps)({ grant, id }))).toMatchObject({
      userId: null,
      note: null,
    })
  })

  it.each([
    ['absent', 'absent'],
    ['present', 'present'],
    ['husk', 'present'],
  ] as const)('records what the holder says: %s is %s', async (said, result) => {
    const look = await lookOf(createWorld(), holder => {
      holder.readBacks.push(said)
      return holder
    })
    expect(look).toStrictEqual([{ holder: graph, result }])
  })

  it.each([holderRefuses, signInRequired, retryLater(60), notYet(60), unknownOutcome])(
    'records that nobody looked where the holder answers %j',
    async problem => {
      const look = await lookOf(createWorld(), holder => {
        holder.readBacks.push(problem)
        return holder
      })
      expect(look).toStrictEqual([{ holder: graph, result: 'notLooked' }])
    },
  )

  it('records that nobody looked where the holder cannot say, breaks, or is not configured any more', async () => {
    const notLooked = [{ holder: graph, result: 'notLooked' }]
    const cannotSay = await lookOf(createWorld(), holder => {
      holder.readBacks.push('notSupported')
      return holder
    })
    const broken = await lookOf(createWorld(), holder => ({
      ...holder,
      readBack: () => {
        throw new Error('broken')
      },
    }))
    const gone = await lookOf(createWorld(), holder => ({ ...holder, name: crm }))
    expect([cannotSay, broken, gone]).toStrictEqual([notLooked, notLooked, notLooked])
  })

  it('waits for no holder longer than it says, and for all of them at once', async () => {
    const world = createWorld({ holders: ({ graph: first, crm: second }) => [first, second] })
    const silent = (holder: DataHolder): DataHolder => ({
      ...scripted(holder, world.clock.now, { removes: [{ problem: holderRefuses, effect: false }] }),
      readBack: () => () => new Promise(() => undefined),
    })
    world.configure([silent(world.graphData.holder), silent(world.crmData.holder)])
    const { id } = await submittedAndApproved(world)
    await work(world)
    const waits: Array<number> = []
    const timer: World['deps']['timer'] = {
      within: (seconds, task) => {
        waits.push(seconds)
        return world.deps.timer.within(0.001, task)
      },
    }

    const request = await succeed(
      closeRemoval({ ...world.deps, timer })({
        grant: granted('close', world.isaiah),
        id,
        code: 'cannotBeDone',
        note: null,
      }),
    )

    expect(request).toMatchObject({
      abandonment: {
        lastLook: [
          { holder: graph, result: 'notLooked' },
          { holder: crm, result: 'notLooked' },
        ],
      },
    })
    expect(waits).toStrictEqual([3, 3])
  })

  it('looks at nothing that is not to be closed', async () => {
    const world = createWorld()
    const { id, holder } = await failed(world)
    await retried(world, id, world.adele)

    const refused = await refuse(
      closeRemoval(world.deps)({ grant: granted('close', world.megan), id, code: 'duplicate', note: null }),
    )

    expect(refused).toStrictEqual({ _tag: 'WrongState', state: 'removing' })
    expect(holder.calls).toStrictEqual([])
  })

  it('closes no request whose holders were never called', async () => {
    const world = createWorld({ holders: () => [] })
    const { id } = await submittedAndApproved(world)
    await work(world)

    const refused = await refuse(
      closeRemoval(world.deps)({ grant: granted('close', world.megan), id, code: 'duplicate', note: null }),
    )

    expect(refused).toStrictEqual({ _tag: 'NoHolderCalled' })
  })

  it.each([null, '', '  \n'])('refuses the code other with the note %j', async text => {
    const world = createWorld()
    const { id } = await failed(world)

    const refused = await refuse(
      closeRemoval(world.deps)({ grant: granted('close', world.megan), id, code: 'other', note: text }),
    )

    expect(refused).toStrictEqual({ _tag: 'NoteRequired' })
  })

  it('changes nothing when it is repeated: it keeps the first note, and looks no more', async () => {
    const world = createWorld()
    const { id, holder } = await failed(world)
    const first = await closed(world, id, world.isaiah, note)
    holder.calls.length = 0

    expect(await closed(world, id, world.isaiah, 'Another text')).toStrictEqual(first)
    expect(holder.calls).toStrictEqual([])
    expect((await eventTypesOf(world, id)).filter(type => type === 'removalAbandoned')).toHaveLength(1)
  })

  it('refuses another person, and another code', async () => {
    const world = createWorld()
    const { id } = await failed(world)
    await closed(world, id, world.isaiah)

    for (const [by, code] of [
      [world.megan, 'handledManually'],
      [world.isaiah, 'duplicate'],
    ] as const)
      expect(
        await refuse(closeRemoval(world.deps)({ grant: granted('close', by), id, code, note: null })),
      ).toStrictEqual({ _tag: 'WrongState', state: 'abandoned' })
    expect((await requestOf(world, id)).state).toBe('abandoned')
  })
})
