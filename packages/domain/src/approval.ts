import * as t from 'io-ts'
import { PositiveInteger } from './positive-integer.js'

/**
 * Who must say yes before anything is removed: nobody (`automatic`), or so many different people, none of whom is
 * the one who submitted the request and none of whom is a guest.
 */
export const ApprovalPolicy = t.union(
  [
    t.strict({ mode: t.literal('automatic') }),
    t.strict({ mode: t.literal('approvers'), required: PositiveInteger }),
  ],
  'ApprovalPolicy',
)
export type ApprovalPolicy = t.TypeOf<typeof ApprovalPolicy>

/** How many approvals a policy asks for. */
export const approvalsRequired = (policy: ApprovalPolicy): number => {
  switch (policy.mode) {
    case 'automatic':
      return 0
    case 'approvers':
      return policy.required
  }
}

/**
 * Whether the approvals that were given are enough. One person counts once, and the submitter does not count at all.
 *
 * @param submitter who asked.
 * @param approvers who said yes.
 */
export const isApproved = <Reference>(
  policy: ApprovalPolicy,
  submitter: Reference,
  approvers: ReadonlyArray<Reference>,
): boolean => {
  const counted = new Set(approvers.filter(approver => approver !== submitter))
  return counted.size >= approvalsRequired(policy)
}
