import { inMemoryApprovalPolicies } from '../src/index.js'
import { approvalPoliciesContract } from '@lethe/application/testing'
import { freshIds } from './fresh-ids.js'

approvalPoliciesContract('in memory', {
  ids: freshIds,
  open: async (usual, tenants) => inMemoryApprovalPolicies(usual, tenants),
})
