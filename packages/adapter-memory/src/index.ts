export { inMemoryApprovalPolicies } from './approval-policies.js'
export { inMemoryProfiles, type ResourceTenantData } from './profiles.js'
export { inMemoryStore } from './store.js'
