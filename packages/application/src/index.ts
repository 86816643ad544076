export * from './ports/index.js'
export { actorOf } from './use-cases/acting.js'
export * from './use-cases/approve-removal.js'
export * from './use-cases/close-removal.js'
export * from './use-cases/count-requests.js'
export * from './use-cases/decide-batch.js'
export {
  type DenyRemoval,
  denyRemoval,
  type DenyRemovalDeps,
  type DenyRemovalRefusal,
} from './use-cases/deny-removal.js'
export * from './use-cases/expire-removals.js'
export * from './use-cases/fail-dead-removal.js'
export * from './use-cases/forget-sign-ins.js'
export * from './use-cases/get-batch.js'
export * from './use-cases/list-batches.js'
export * from './use-cases/no-sign-ins.js'
export * from './use-cases/perform-removal.js'
export * from './use-cases/read-backlog.js'
export * from './use-cases/read-profiles.js'
export * from './use-cases/read-requests.js'
export * from './use-cases/refusals.js'
export {
  type FindPerson,
  findPersonIn,
  isUnreadableView,
  type RemovalRequestView,
  type StoredView,
  type ViewRemovalRequest,
  viewOf,
} from './use-cases/removal-request-view.js'
export * from './use-cases/resume-removals.js'
export * from './use-cases/retry-removal.js'
export * from './use-cases/submit-removal.js'
export * from './use-cases/withdraw-removal.js'
export * from './use-cases/worker-sightings.js'
