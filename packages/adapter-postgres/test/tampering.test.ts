import {
  approvalOf,
  recordOf,
  refuse,
  rightOf,
  someOf,
  submitted,
  succeed,
  upTo,
} from '@lethe/application/testing'
import type { RemovalRequest } from '@lethe/domain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../src/index.js'
import { type HarnessWithDatabase, postgresHarness } from './making/harness.js'
import { approvedRequest, submittedRequest } from './making/requests.js'
import { openStoreOn } from './making/store.js'

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

const load = async ({ tenantId, id }: RemovalRequest) =>
  someOf(await succeed(h.store.removalRequests.load(tenantId, id)))

describe('a history that was changed by hand', () => {
  it('is read as unreadable, and says why', async () => {
    const request = await submittedRequest(h)
    await tamper(`update lethe.removal_event set data = '{}' where request_id = '${request.id}'`)

    expect(await load(request)).toMatchObject({ state: 'unreadable', reason: 'contentDiffers' })
  })

  it('is unreadable where its tail was cut off', async () => {
    const request = await approvedRequest(h)
    await tamper(`delete from lethe.removal_event where request_id = '${request.id}' and sequence = 3`)

    expect(await load(request)).toMatchObject({ state: 'unreadable', reason: 'headDiffers' })
  })

  it('takes no more events where its head was changed, and shows it', async () => {
    const request = await submittedRequest(h)
    await h.database.asOwner(
      `update lethe.removal_request set head_hash = decode(repeat('00', 32), 'hex') where request_id = '${request.id}'`,
    )

    const history = await succeed(h.store.removalRequests.history(request.tenantId, request.id))
    const approval = approvalOf(h, request, recordOf(h))

    expect(await refuse(h.store.removalRequests.append(approval))).toStrictEqual({ _tag: 'VersionConflict' })
    expect(history).toMatchObject({ value: { head: { hash: '00'.repeat(32) } } })
  })

  it('is counted, once it was read, by however many at once; and has no job made anew', async () => {
    const request = await approvedRequest(h)
    const { tenantId } = request
    const unreadable = async () => succeed(h.store.removalRequests.unreadable(tenantId))
    const resume = async () => succeed(h.store.removalRequests.resume(tenantId, 0, 10))
    const loseJob = () =>
      h.database.asOwner(`delete from pgboss.job where data ->> 'requestId' = '${request.id}'`)
    await h.database.asOwner(
      `update lethe.removal_request set job_due_at = '2026-01-01T00:00:00Z' where request_id = '${request.id}'`,
    )
    await loseJob()
    expect([await unreadable(), await resume()]).toEqual([0, 1])
    await loseJob()

    await h.database.asOwner(
      `update lethe.removal_request set head_seal = 'test:AAAA', job_due_at = '2026-01-01T00:00:00Z' where request_id = '${request.id}'`,
    )
    const read = await Promise.all(upTo(6).map(async () => load(request)))

    expect(new Set(read.map(({ state }) => state))).toEqual(new Set(['unreadable']))
    expect([await unreadable(), await resume()]).toEqual([1, 0])
  })

  it('leaves no others waiting for their end behind it', async () => {
    const tenantId = h.ids.tenantId()
    const [first, second] = [await submitted(h, { tenantId }), await submitted(h, { tenantId })]
    const expiring = async () => succeed(h.store.removalRequests.expiring(tenantId, h.clock.now(), 1))
    await h.database.asOwner(
      `update lethe.removal_request set expires_at = '2026-01-01T00:00:00Z' where request_id = '${first.id}';
       update lethe.removal_request set expires_at = '2026-01-02T00:00:00Z' where request_id = '${second.id}'`,
    )
    await tamper(`update lethe.removal_event set data = '{}' where request_id = '${first.id}'`)

    expect(await expiring()).toEqual([first.id])
    await load(first)
    expect(await expiring()).toEqual([second.id])
  })

  it('keeps no other request from being read', async () => {
    const [broken, sound] = [await submittedRequest(h), await submittedRequest(h)]
    await tamper(`update lethe.removal_event set data = '{}' where request_id = '${broken.id}'`)

    expect(await succeed(h.store.removalRequests.load(sound.tenantId, sound.id))).toMatchObject({
      value: { id: sound.id },
    })
  })
})

describe('a check', () => {
  it('finds nothing wrong with what is being worked on meanwhile', async () => {
    const checking = rightOf(await openStoreOn(h.database.appUrl))
    const tenantId = h.ids.tenantId()
    const requests = await Promise.all(upTo(40).map(async () => submitted(h, { tenantId })))
    const done = new AbortController()
    const approving = async (): Promise<void> => {
      for (const request of requests)
        await succeed(h.store.removalRequests.append(approvalOf(h, request, recordOf(h))))
      done.abort()
    }
    const found: Array<Finding> = []
    const looking = async (): Promise<void> => {
      while (!done.signal.aborted) {
        const part = await succeed(checking.check(tenantId, null, { seal: false, rebuild: false }))
        found.push(...part.findings)
      }
    }
    await Promise.all([approving(), looking()])
    await checking.close()

    expect(found).toEqual([])
  })
})
