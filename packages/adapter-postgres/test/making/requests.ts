import {
  approvedBy,
  deniedBy,
  freshBatch,
  joinedBy,
  recordOf,
  someOf,
  submitted,
  succeed,
} from '@lethe/application/testing'
import type { RemovalRequest } from '@lethe/domain'
import type { HarnessWithDatabase } from './harness.js'

/** A request in a tenant of its own. */
export const submittedRequest = async (h: HarnessWithDatabase): Promise<RemovalRequest> =>
  submitted(h, { tenantId: h.ids.tenantId() })

/** A request that somebody approved. */
export const approvedRequest = async (h: HarnessWithDatabase): Promise<RemovalRequest> =>
  approvedBy(h, await submittedRequest(h), recordOf(h))

/** A request that somebody denied, with a note. */
const deniedRequest = async (h: HarnessWithDatabase): Promise<RemovalRequest> =>
  deniedBy(h, await submittedRequest(h), recordOf(h), {
    reference: h.ids.identifiers.noteReference(),
    text: 'Not theirs to ask',
  })

/** A denied request, and a row in every table that keeps something beside requests. */
export const requestWithAll = async (h: HarnessWithDatabase): Promise<RemovalRequest> => {
  const request = await deniedRequest(h)
  const { tenantId } = request
  const batch = freshBatch(h)
  await joinedBy(h, await submitted(h, { tenantId }), recordOf(h), { batch })
  const { digest } = someOf(await succeed(h.store.batches.summary(tenantId, batch)))
  await succeed(h.store.batches.close(tenantId, batch, digest, h.clock.now(), false))
  const signIn = { actor: request.submittedBy, sealed: 'c2VhbGVk', keptAt: h.clock.now() }
  await succeed(h.store.sealedSignIns.put(request.tenantId, request.id, signIn))
  await succeed(h.store.paces.change(request.tenantId, () => [{ rate: 1 }, null]))
  return request
}
