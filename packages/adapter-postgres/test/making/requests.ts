import { approvedBy, deniedBy, recordOf, submitted } from '@lethe/application/testing'
import type { RemovalRequest } from '@lethe/domain'
import type { HarnessWithDatabase } from './harness.js'

/** A request in a tenant of its own. */
export const submittedRequest = async (h: HarnessWithDatabase): Promise<RemovalRequest> =>
  submitted(h, { tenantId: h.ids.tenantId() })

/** A request that somebody approved. */
export const approvedRequest = async (h: HarnessWithDatabase): Promise<RemovalRequest> =>
  approvedBy(h, await submittedRequest(h), recordOf(h))

/** A request that somebody denied, with a note. */
export const deniedRequest = async (h: HarnessWithDatabase): Promise<RemovalRequest> =>
  deniedBy(h, await submittedRequest(h), recordOf(h), {
    reference: h.ids.identifiers.noteReference(),
    text: 'Not theirs to ask',
  })
