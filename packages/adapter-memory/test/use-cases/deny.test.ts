import { denyRemoval, getRemovalRequest } from '@lethe/application'
import { refuse, succeed } from '@lethe/application/testing'
import { describe, expect, it } from 'vitest'
import { approved, denied, submitted } from './acts.js'
import { bob, granted } from './people.js'
import { createWorld, eventTypesOf, historyOf } from './world.js'

const note = 'Bob Kelly has a claim before the court'

describe('denyRemoval', () => {
  it('ends the request for a coded reason, and shows the note beside it', async () => {
    const world = createWorld()
    const { request } = await submitted(world)

    const view = await denied(world, request.id, world.megan, note)

    expect(view).toMatchObject({
      note,
      request: { state: 'denied', denial: { code: 'legalClaims' } },
    })
    const grant = granted('getRemovalRequest', world.megan)
    expect(await succeed(getRemovalRequest(world.deps)({ grant, id: request.id }))).toStrictEqual(view)
  })

  it('keeps the note out of the history', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    await denied(world, request.id, world.megan, note)

    expect(JSON.stringify(await historyOf(world, request.id))).not.toContain('court')
  })

  it('loses the note, and who it was about, when the subject is erased', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    await denied(world, request.id, world.megan, note)

    await succeed(world.store.subjects.erase(world.tenantId, bob))

    const grant = granted('getRemovalRequest', world.megan)
    const view = await succeed(getRemovalRequest(world.deps)({ grant, id: request.id }))
    expect(view).toMatchObject({ userId: null, note: null, request: { state: 'denied' } })
    expect('actors' in view && view.actors.size).toBe(2)
  })

  it('has no note where none was written', async () => {
    const world = createWorld()
    const { request } = await submitted(world)

    expect((await denied(world, request.id, world.megan)).note).toBeNull()
  })

  it.each([null, '', '  \n'])('refuses the code other with the note %j', async text => {
    const world = createWorld()
    const { request } = await submitted(world)
    const grant = granted('deny', world.megan)

    const refused = await refuse(
      denyRemoval(world.deps)({ grant, id: request.id, code: 'other', note: text }),
    )

    expect(refused).toStrictEqual({ _tag: 'NoteRequired' })
    expect(await eventTypesOf(world, request.id)).toStrictEqual(['removalRequested'])
  })

  it('changes nothing when it is repeated, and keeps the first note', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    const first = await denied(world, request.id, world.megan, note)

    const second = await denied(world, request.id, world.megan, 'Another text')

    expect(second).toStrictEqual(first)
  })

  it('refuses another reason, another person, and a request that was decided', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    await denied(world, request.id, world.megan)
    const [megan, isaiah] = [granted('deny', world.megan), granted('deny', world.isaiah)]
    const again = { id: request.id, note: null }

    for (const input of [
      { ...again, grant: megan, code: 'duplicate' } as const,
      { ...again, grant: isaiah, code: 'legalClaims' } as const,
    ])
      expect(await refuse(denyRemoval(world.deps)(input))).toStrictEqual({
        _tag: 'WrongState',
        state: 'denied',
      })
  })

  it('refuses a request that was approved', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    await approved(world, request.id, world.megan)
    const input = {
      grant: granted('deny', world.isaiah),
      id: request.id,
      code: 'duplicate',
      note: null,
    } as const

    expect(await refuse(denyRemoval(world.deps)(input))).toStrictEqual({
      _tag: 'WrongState',
      state: 'approved',
    })
  })
})
