import type { NoteReference, TenantId, UserId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { NoteRecord } from '../ports/people.js'
import type { OpenStore, StoreHarness } from './harness.js'
import { historyOf } from './histories.js'
import { succeed } from './outcomes.js'
import { closedBy, deniedBy, recordOf, refusedBy, requestIn, submitted } from './scenarios.js'

const text = 'Ms Müller of "Contoso" rang; she keeps her account.\n\u{1F4DE} \\ \u0007'

/**
 * What the port `Notes` promises.
 *
 * @param name of the adapter.
 */
export const notesContract = (name: string, open: OpenStore): void => {
  describe(`notes: ${name}`, () => {
    it('keeps a text as it was written, apart from the history', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const note = noteOf(h)

      const request = await deniedBy(h, await submitted(h, { tenantId }), recordOf(h), note)

      expect(await resolved(h, tenantId, [note.reference])).toStrictEqual(new Map([[note.reference, text]]))
      const written = JSON.stringify(await historyOf(h, request))
      expect(written).toContain(note.reference)
      expect(written).not.toContain('Müller')
    })

    it('keeps the text of who closed a request that failed', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const note = noteOf(h)

      await closedBy(h, await refusedBy(h, await requestIn(h, 'removing', { tenantId })), recordOf(h), note)

      expect(await resolved(h, tenantId, [note.reference])).toStrictEqual(new Map([[note.reference, text]]))
    })

    it('leaves out unknown references, and those of other tenants', async () => {
      const h = await open()
      const [tenantId, foreign] = [h.ids.tenantId(), h.ids.tenantId()]
      const [here, elsewhere] = [noteOf(h), noteOf(h)]
      await denied(h, tenantId, here)
      await denied(h, foreign, elsewhere)
      const asked = [here.reference, elsewhere.reference, h.ids.identifiers.noteReference()]

      expect([...(await resolved(h, tenantId, asked)).keys()]).toStrictEqual([here.reference])
      expect((await resolved(h, h.ids.tenantId(), asked)).size).toBe(0)
      expect((await resolved(h, tenantId, [])).size).toBe(0)
    })

    it('is erased with the subject of the request, and only with that one', async () => {
      const h = await open()
      const [tenantId, foreign, userId] = [h.ids.tenantId(), h.ids.tenantId(), h.ids.userId()]
      const [note, another, elsewhere] = [noteOf(h), noteOf(h), noteOf(h)]
      const request = await denied(h, tenantId, note, userId)
      await denied(h, tenantId, another)
      await denied(h, foreign, elsewhere, userId)
      const before = await historyOf(h, request)

      await succeed(h.store.subjects.erase(tenantId, userId))

      const left = await resolved(h, tenantId, [note.reference, another.reference])
      expect([...left.keys()]).toStrictEqual([another.reference])
      expect((await resolved(h, foreign, [elsewhere.reference])).size).toBe(1)
      expect(await historyOf(h, request)).toStrictEqual(before)
    })

    it('outlives the erasure of its author, and a new request about the subject', async () => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
      const [note, author] = [noteOf(h), recordOf(h)]
      await deniedBy(h, await submitted(h, { tenantId, userId }), author, note)
      await requestIn(h, 'approved', { tenantId, userId })

      await succeed(h.store.actors.erase(tenantId, author.actor))

      expect((await resolved(h, tenantId, [note.reference])).size).toBe(1)
    })
  })
}

const noteOf = ({ ids }: StoreHarness): NoteRecord => ({
  reference: ids.identifiers.noteReference(),
  text,
})

const denied = async (h: StoreHarness, tenantId: TenantId, note: NoteRecord, userId?: UserId) =>
  deniedBy(h, await submitted(h, { tenantId, userId: userId ?? h.ids.userId() }), recordOf(h), note)

const resolved = async (
  { store }: StoreHarness,
  tenantId: TenantId,
  references: ReadonlyArray<NoteReference>,
): Promise<Map<NoteReference, string>> => new Map(await succeed(store.notes.resolve(tenantId, references)))
