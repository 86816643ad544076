export { actorsContract } from './actors-contract.js'
export { approvalPoliciesContract, type ApprovalPoliciesHarness } from './approval-policies-contract.js'
export { batchesContract } from './batches-contract.js'
export { backlogsContract } from './backlogs-contract.js'
export { clockContract, type ClockHarness } from './clock-contract.js'
export { dataHolderContract, type DataHolderHarness } from './data-holder-contract.js'
export { digestContract, type DigestHarness } from './digest-contract.js'
export type { FreshIds, MovableClock, OpenStore, StoreHarness } from './harness.js'
export { identifiersContract } from './identifiers-contract.js'
export { inboundProfilesContract, type InboundProfilesHarness } from './inbound-profiles-contract.js'
export { jobsContract } from './jobs-contract.js'
export { notesContract } from './notes-contract.js'
export { paceStatesContract } from './pace-states-contract.js'
export type { ProfileSeed } from './profiles.js'
export { removalRequestsContract } from './removal-requests-contract.js'
export { sealedSignInsContract } from './sealed-sign-ins-contract.js'
export { subjectsContract } from './subjects-contract.js'
export { decoded, elementAt, readable, refuse, rightOf, someOf, succeed, upTo } from './outcomes.js'
export {
  approvalOf,
  approvedBy,
  automatic,
  deniedBy,
  freshBatch,
  joinedBy,
  makerOf,
  recordOf,
  requestIn,
  submissionOf,
  submitted,
} from './scenarios.js'
