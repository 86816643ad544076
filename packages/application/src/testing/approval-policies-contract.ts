import type { TenantId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { ApprovalPolicies, TenantPolicy } from '../ports/approval-policies.js'
import type { FreshIds } from './harness.js'
import { succeed } from './outcomes.js'

/** Approval policies under test. */
export interface ApprovalPoliciesHarness {
  readonly ids: FreshIds
  /** Sets the policies of some tenants, and one for all the others. */
  readonly open: (
    usual: TenantPolicy,
    tenants: ReadonlyMap<TenantId, TenantPolicy>,
  ) => Promise<ApprovalPolicies>
}

const usual: TenantPolicy = { approval: { mode: 'approvers', required: 1 }, expiresAfterDays: null }
const strict: TenantPolicy = { approval: { mode: 'approvers', required: 3 }, expiresAfterDays: 90 }
const automatic: TenantPolicy = { approval: { mode: 'automatic' }, expiresAfterDays: null }

/**
 * What the port `ApprovalPolicies` promises.
 *
 * @param name of the adapter.
 */
export const approvalPoliciesContract = (name: string, { ids, open }: ApprovalPoliciesHarness): void => {
  describe(`approval policies: ${name}`, () => {
    it('gives each tenant its own policy', async () => {
      const [one, other] = [ids.tenantId(), ids.tenantId()]
      const policies = await open(
        usual,
        new Map([
          [one, strict],
          [other, automatic],
        ]),
      )

      expect(await succeed(policies.of(one))).toStrictEqual(strict)
      expect(await succeed(policies.of(other))).toStrictEqual(automatic)
    })

    it('gives the usual policy to a tenant that has none of its own', async () => {
      const policies = await open(usual, new Map([[ids.tenantId(), automatic]]))

      expect(await succeed(policies.of(ids.tenantId()))).toStrictEqual(usual)
    })
  })
}
