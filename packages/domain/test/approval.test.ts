import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { ApprovalPolicy, approvalsRequired, isApproved } from '../src/index.js'
import { adele, grady, isaiah, lee, megan } from './making/people-and-places.js'

const policies = fc.oneof(
  fc.constant({ mode: 'automatic' } as const),
  fc.integer({ min: 1, max: 4 }).map(required => ({ mode: 'approvers', required }) as const),
)
const approvers = fc.array(fc.constantFrom(adele, megan, isaiah, lee, grady), { maxLength: 8 })

describe('approvals', () => {
  test('count each person once, and never the one who asked, even if the list says otherwise', () => {
    fc.assert(
      fc.property(policies, approvers, (policy, given) => {
        const different = [megan, isaiah, lee, grady].filter(person => given.includes(person))
        const needed = policy.mode === 'automatic' ? 0 : policy.required
        expect(isApproved(policy, adele, given)).toBe(different.length >= needed)
      }),
    )
  })

  test('are not needed under an automatic policy, and as many as it says under another', () => {
    expect(approvalsRequired({ mode: 'automatic' })).toBe(0)
    expect(approvalsRequired({ mode: 'approvers', required: 3 })).toBe(3)
  })
})

describe('a policy', () => {
  test.each([{ mode: 'automatic' }, { mode: 'approvers', required: 1 }])('is %j', policy => {
    expect(ApprovalPolicy.decode(policy)).toEqual(E.right(policy))
  })

  test.each([
    {},
    { mode: 'approvers' },
    { mode: 'approvers', required: 0 },
    { mode: 'approvers', required: -1 },
    { mode: 'approvers', required: 1.5 },
    { mode: 'approvers', required: '1' },
    { mode: 'Automatic' },
    'automatic',
    null,
  ])('is not %j', policy => {
    expect(E.isLeft(ApprovalPolicy.decode(policy))).toBe(true)
  })
})
