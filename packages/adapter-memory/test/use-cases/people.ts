import { decoded, rightOf } from '@lethe/application/testing'
import {
  approverRole,
  authorize,
  type Caller,
  callerFromClaims,
  contracts,
  type Grant,
  type Operation,
  permission,
  type TenantId,
  UserId,
} from '@lethe/domain'
import { freshIds } from '../fresh-ids.js'

/** The claims of somebody's token. */
export interface Claims {
  readonly tid: TenantId
  readonly oid: UserId
  readonly appid: string
  readonly scp: string
  readonly roles?: ReadonlyArray<string>
  readonly acct?: number
}

const claimsOf = (tid: TenantId, scp: string): Claims => ({
  tid,
  oid: freshIds.userId(),
  appid: freshIds.appId(),
  scp,
})

/** An administrator, who may submit, retry, and withdraw their own. */
export const administrator = (tid: TenantId): Claims => claimsOf(tid, permission.readWrite)

/** A privacy officer, who may approve, deny, withdraw any, and retry. */
export const officer = (tid: TenantId): Claims => ({
  ...claimsOf(tid, `${permission.read} ${permission.approve}`),
  roles: [approverRole],
})

/** Somebody who is both. */
export const administratorAndOfficer = (tid: TenantId): Claims => ({
  ...officer(tid),
  scp: `${permission.readWrite} ${permission.approve}`,
})

export const callerOf = (claims: object): Caller => rightOf(callerFromClaims(claims))

/** A grant, as `authorize` makes it. */
export const granted = <O extends Operation>(operation: O, claims: object): Grant<O> =>
  rightOf(authorize(contracts.seed)(operation)(callerOf(claims)))

export const bob: UserId = decoded(UserId, 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac')
