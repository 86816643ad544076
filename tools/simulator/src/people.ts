import {
  AppId,
  approverRole,
  authorize,
  contracts,
  type DenialCode,
  type Grant,
  type InboundSharedUserProfile,
  type Operation,
  permission,
  TenantId,
  UserId,
  type WorkAccount,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { made } from './made.js'
import type { Random } from './random.js'
import { drawnGuid } from './seeded-identifiers.js'

/** Somebody who uses Lethe. */
export interface Person {
  readonly name: string
  readonly caller: WorkAccount
}

/** A resource tenant, its people, and the people of other tenants who are shared into it. */
export interface SimulatedTenant {
  readonly id: TenantId
  readonly label: string
  readonly people: ReadonlyArray<Person>
  readonly profiles: ReadonlyArray<InboundSharedUserProfile>
  /** A person of the tenant itself, whose profile is not inbound. */
  readonly local: InboundSharedUserProfile
}

const roles = [
  { name: 'administrator', scopes: [permission.readWrite], appRoles: [], guest: false },
  { name: 'deputy', scopes: [permission.readWrite], appRoles: [], guest: false },
  {
    name: 'officer',
    scopes: [permission.read, permission.approve],
    appRoles: [approverRole],
    guest: false,
  },
  { name: 'second officer', scopes: [permission.approve], appRoles: [approverRole], guest: false },
  { name: 'third officer', scopes: [permission.approve], appRoles: [approverRole], guest: false },
  {
    name: 'administrator and officer',
    scopes: [permission.readWrite, permission.approve],
    appRoles: [approverRole],
    guest: false,
  },
  {
    name: 'guest',
    scopes: [permission.readWrite, permission.approve],
    appRoles: [approverRole],
    guest: true,
  },
] as const

const userId = (random: Random): UserId => made(UserId, drawnGuid(random))
const tenantId = (random: Random): TenantId => made(TenantId, drawnGuid(random))

export const drawnTenant = (random: Random, label: string, profiles: number): SimulatedTenant => {
  const id = tenantId(random)
  return {
    id,
    label,
    people: roles.map(({ name, scopes, appRoles, guest }) => ({
      name: `${label}'s ${name}`,
      caller: {
        kind: 'workAccount',
        tenantId: id,
        userId: userId(random),
        appId: made(AppId, drawnGuid(random)),
        scopes,
        appRoles,
        directoryRoles: [],
        guest,
        agent: false,
      },
    })),
    profiles: Array.from({ length: profiles }, () => drawnProfile(random, tenantId(random))),
    local: drawnProfile(random, id),
  }
}

const drawnProfile = (random: Random, homeTenantId: TenantId): InboundSharedUserProfile => {
  const id = userId(random)
  return { userId: id, userPrincipalName: `${id}@example.com`, displayName: 'Somebody', homeTenantId }
}

/** The grant of a person for an operation; null where they may not. */
export const grantOf = <O extends Operation>(operation: O, { caller }: Person): Grant<O> | null => {
  const granted = authorize(contracts.seed)(operation)(caller)
  return E.isLeft(granted) ? null : granted.right
}

export const codes: ReadonlyArray<DenialCode> = ['legalClaims', 'duplicate', 'other']

/** Mostly somebody who may, sometimes somebody who may not. */
export const personFor = (random: Random, people: ReadonlyArray<Person>, operation: Operation): Person => {
  const person = random.pick(people)
  return grantOf(operation, person) !== null || random.chance(0.06)
    ? person
    : personFor(random, people, operation)
}
