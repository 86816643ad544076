import type { ActorReference } from './identifiers.js'
import type { RemovalRequest } from './removal-request.js'

/**
 * On whose behalf a request's removal is done, where it is done for a person: of who retried it last, else of the last approver.
 *
 * @returns null where nobody set it going, as under an automatic policy.
 */
export const onBehalfOf = ({ approvals, retriedBy }: RemovalRequest): ActorReference | null =>
  retriedBy ?? approvals.at(-1)?.by ?? null
