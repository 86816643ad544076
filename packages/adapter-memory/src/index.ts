export { inMemoryApprovalPolicies } from './approval-policies.js'
export { inMemoryProfiles, type ResourceTenantData } from './profiles.js'
export { inMemoryStore, type InMemoryStore } from './store.js'
