import { approvalOf, recordOf, succeed } from '@lethe/application/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HarnessWithDatabase, postgresHarness } from './making/harness.js'
import { approvedRequest, submittedRequest } from './making/requests.js'

let h: HarnessWithDatabase
beforeAll(async () => {
  h = await postgresHarness()
})
afterAll(async () => {
  await h.close()
})

/** Changes the history by hand, as only the owner can, who has to take away what is in the way. */
const tamper = async (statement: string): Promise<void> => {
  await h.database.asOwner(
    `alter table lethe.removal_event disable trigger append_only; ${statement};
     alter table lethe.removal_event enable trigger append_only`,
  )
}

describe('a history that was changed by hand', () => {
  it('is no outage: what cannot be read is an error, and asking again is no use', async () => {
    const { tenantId, id } = await submittedRequest(h)
    await tamper(`update lethe.removal_event set data = '{}' where request_id = '${id}'`)

    await expect(h.store.removalRequests.load(tenantId, id)()).rejects.toThrow('cannot be read')
  })

  it('is not loaded where its tail was cut off', async () => {
    const { tenantId, id } = await approvedRequest(h)
    await tamper(`delete from lethe.removal_event where request_id = '${id}' and sequence = 3`)

    await expect(h.store.removalRequests.load(tenantId, id)()).rejects.toThrow('cannot be read')
  })

  it('takes no more events where its head was changed, and shows it', async () => {
    const request = await submittedRequest(h)
    await h.database.asOwner(
      `update lethe.removal_request set head_hash = decode(repeat('00', 32), 'hex') where request_id = '${request.id}'`,
    )

    const history = await succeed(h.store.removalRequests.history(request.tenantId, request.id))
    const approval = approvalOf(h, request, recordOf(h))

    await expect(h.store.removalRequests.append(approval)()).rejects.toThrow('cannot be read')
    expect(history).toMatchObject({ value: { head: { hash: '00'.repeat(32) } } })
  })

  it('keeps no other request from being read', async () => {
    const [broken, sound] = [await submittedRequest(h), await submittedRequest(h)]
    await tamper(`update lethe.removal_event set data = '{}' where request_id = '${broken.id}'`)

    expect(await succeed(h.store.removalRequests.load(sound.tenantId, sound.id))).toMatchObject({
      value: { id: sound.id },
    })
  })
})
