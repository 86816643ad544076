import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ApplicationCaller, Caller, TenantCaller, WorkAccount } from './caller.js'
import type { PublishedContract } from './contract.js'
import type { TenantId } from './identifiers.js'
import {
  type ApplicationPermission,
  approverRole,
  type DelegatedPermission,
  permission,
  type PermissionRule,
} from './permission-rule.js'
import { inferResourceTenant } from './tenancy.js'

/** What a caller can ask Lethe to do. */
export type Operation =
  | 'listProfiles'
  | 'getProfile'
  | 'listRemovalRequests'
  | 'getRemovalRequest'
  | 'getHistory'
  | 'submit'
  | 'approve'
  | 'deny'
  | 'withdraw'
  | 'retry'
  | 'close'

/** Why a caller may not do an operation. */
export type DenialReason =
  | 'callerKindNotSupported'
  | 'requiredRoleMissing'
  | 'scopeMissing'
  | 'appRoleMissing'
  | 'directoryRoleMissing'
  | 'guestNotAllowed'
  | 'agentNotAllowed'

export interface AccessDenied {
  readonly _tag: 'AccessDenied'
  readonly reason: DenialReason
  /** The scope, app role or directory role that would be needed as well, as a token has it; null where it is none of these. */
  readonly missing: string | null
}

/**
 * Proof that a caller may do an operation in a tenant. Only `authorize` makes one: the class is not exported, and what is
 * private in it cannot be copied, so that neither a literal nor a changed copy of a grant compiles.
 */
class AuthorizedGrant<O extends Operation> {
  readonly #reach: 'any' | 'own'

  constructor(
    readonly operation: O,
    readonly tenantId: TenantId,
    readonly caller: TenantCaller,
    reach: 'any' | 'own',
  ) {
    this.#reach = reach
  }

  /** Whether the grant is for everybody's requests or only for those that the caller submitted. */
  get reach(): 'any' | 'own' {
    return this.#reach
  }
}

/** What every use case that a caller starts asks for, so that it cannot be called without the check. */
export type Grant<O extends Operation> = AuthorizedGrant<O>

const readingProfiles: PermissionRule = {
  workAccount: [
    { scope: permission.read, guests: 'allowed', agents: 'allowed', reach: 'any' },
    { scope: permission.readWrite, guests: 'allowed', agents: 'allowed', reach: 'any' },
  ],
  application: [{ appRole: permission.read }, { appRole: permission.readWrite }],
}

/** A person decides: neither an application, nor an agent in the shape of a person. */
const asPrivacyOfficer: DelegatedPermission = {
  scope: permission.approve,
  appRole: approverRole,
  guests: 'allowed',
  agents: 'refused',
  reach: 'any',
}

/** Those who may decide a request may read it. */
const readingRequests: PermissionRule = {
  ...readingProfiles,
  workAccount: [...readingProfiles.workAccount, asPrivacyOfficer],
}

/**
 * The permission rule of an operation under a contract.
 *
 * Applications decide nothing: approving, denying, withdrawing, retrying and closing take a person.
 */
export const ruleOf = (contract: PublishedContract, operation: Operation): PermissionRule => {
  switch (operation) {
    case 'listProfiles':
    case 'getProfile':
      return readingProfiles
    case 'listRemovalRequests':
    case 'getRemovalRequest':
    case 'getHistory':
      return readingRequests
    case 'submit':
      return contract.removePersonalData.permissions
    case 'approve':
    case 'close':
      return { workAccount: [{ ...asPrivacyOfficer, guests: 'refused' }], application: [] }
    case 'deny':
      return { workAccount: [asPrivacyOfficer], application: [] }
    case 'withdraw':
      return {
        workAccount: [
          asPrivacyOfficer,
          { scope: permission.readWrite, guests: 'allowed', agents: 'allowed', reach: 'own' },
        ],
        application: [],
      }
    case 'retry':
      return {
        workAccount: [
          { scope: permission.readWrite, guests: 'allowed', agents: 'allowed', reach: 'any' },
          asPrivacyOfficer,
        ],
        application: [],
      }
  }
}

/**
 * Lets in, whatever they want to do, only those who hold every one of these app roles.
 *
 * @param requiredRoles none lets everybody in.
 */
export const admit =
  (requiredRoles: ReadonlyArray<string>) =>
  (caller: Caller): E.Either<AccessDenied, Caller> =>
    requiredRoles.every(role => caller.appRoles.includes(role))
      ? E.right(caller)
      : E.left(denied('requiredRoleMissing'))

/**
 * Decides whether a caller may do an operation, in the tenant that the caller belongs to. Denies by default.
 *
 * @param contract the published contract that is served.
 * @param requiredRoles app roles without which nobody gets in, whatever the operation; every one is required.
 * @returns a grant; or the reason of the denial, which names no person and may be logged.
 */
export const authorize =
  (contract: PublishedContract, requiredRoles: ReadonlyArray<string> = []) =>
  <O extends Operation>(operation: O) =>
  (caller: Caller): E.Either<AccessDenied, Grant<O>> =>
    pipe(
      inferResourceTenant(caller),
      E.mapLeft(() => denied('callerKindNotSupported')),
      E.tap(() => admit(requiredRoles)(caller)),
      E.flatMap(tenant =>
        pipe(
          reachOf(ruleOf(contract, operation), tenant.caller),
          E.map(reach => new AuthorizedGrant(operation, tenant.tenantId, tenant.caller, reach)),
        ),
      ),
    )

const denied = (reason: DenialReason, missing: string | null = null): AccessDenied => ({
  _tag: 'AccessDenied',
  reason,
  missing,
})

type Reached = E.Either<AccessDenied, 'any' | 'own'>

const reachOf = (rule: PermissionRule, caller: TenantCaller): Reached => {
  switch (caller.kind) {
    case 'workAccount':
      return firstThatHolds(rule.workAccount, delegated => delegatedReach(delegated, caller))
    case 'application':
      return firstThatHolds(rule.application, application => applicationReach(application, caller))
  }
}

/** The first alternative that holds; else why the closest does not: one whose scope the caller has, or the first listed. */
const firstThatHolds = <P>(alternatives: ReadonlyArray<P>, reach: (alternative: P) => Reached): Reached => {
  const tried = alternatives.map(reach)
  return (
    tried.find(E.isRight) ??
    tried.find(one => E.isLeft(one) && one.left.reason !== 'scopeMissing') ??
    tried[0] ??
    E.left(denied('callerKindNotSupported'))
  )
}

const delegatedReach = (needed: DelegatedPermission, caller: WorkAccount): Reached => {
  if (!caller.scopes.includes(needed.scope)) return E.left(denied('scopeMissing', needed.scope))
  if (needed.appRole !== undefined && !caller.appRoles.includes(needed.appRole))
    return E.left(denied('appRoleMissing', needed.appRole))
  if (needed.directoryRole !== undefined && !caller.directoryRoles.includes(needed.directoryRole))
    return E.left(denied('directoryRoleMissing', needed.directoryRole))
  if (needed.guests === 'refused' && caller.guest) return E.left(denied('guestNotAllowed'))
  if (needed.agents === 'refused' && caller.agent) return E.left(denied('agentNotAllowed'))
  return E.right(needed.reach)
}

const applicationReach = (needed: ApplicationPermission, caller: ApplicationCaller): Reached =>
  caller.appRoles.includes(needed.appRole) ? E.right('any') : E.left(denied('appRoleMissing', needed.appRole))
