export { defaultRetrying, type Retrying } from './ask-again.js'
export { type BlockLimits, defaultBlockLimits, type TenantBlock } from './blocks.js'
export {
  type BreakerLimits,
  type BreakerState,
  type BreakerStatus,
  defaultBreakerLimits,
} from './breakers.js'
export { graphClient, type GraphClient, type GraphClientDeps } from './client.js'
export { graphDataHolder } from './data-holder.js'
export { type EndingKind, endings } from './endings.js'
export type { EndingReport, Operation } from './graph-call.js'
export { graphInboundProfiles, type GraphProfilesOptions } from './inbound-profiles.js'
export * from './pace.js'
export { type News, type Sharing, sharing } from './sharing.js'
export { defaultTimeLimits, type TimeLimits } from './time-limits.js'
export * from './token-source.js'
export { processTime, sharedPace } from './pacing/shared-pace.js'
