import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { AppId, TenantId, UserId } from './identifiers.js'

/** A person with a work or school account, calling through an application (delegated access). */
export interface WorkAccount {
  readonly kind: 'workAccount'
  readonly tenantId: TenantId
  /** The person is (tenantId, userId): never an e-mail address, never a UPN. */
  readonly userId: UserId
  readonly appId: AppId | null
  /** Delegated permissions: the token's `scp`. */
  readonly scopes: ReadonlyArray<string>
  /** App roles that the person holds: the token's `roles`. They are no application permissions. */
  readonly appRoles: ReadonlyArray<string>
  /** Template ids of directory roles: the token's `wids`, in lower case. */
  readonly directoryRoles: ReadonlyArray<string>
  readonly guest: boolean
  /** Whether it is an agent that acts: through a user account of its own, or on behalf of a person. */
  readonly agent: boolean
}

/** A person with a personal Microsoft account. */
export interface PersonalAccount {
  readonly kind: 'personalAccount'
  readonly appRoles: ReadonlyArray<string>
}

/** An application that calls as itself (application permissions). */
export interface ApplicationCaller {
  readonly kind: 'application'
  readonly tenantId: TenantId
  readonly appId: AppId
  /** Application permissions: the token's `roles`. */
  readonly appRoles: ReadonlyArray<string>
}

/** Who calls, from a verified token. */
export type Caller = WorkAccount | PersonalAccount | ApplicationCaller

/** The caller acts for a tenant of its own, which a personal account never does. */
export type TenantCaller = WorkAccount | ApplicationCaller

/** The claims of a genuine token do not say who calls. */
export interface CallerUnrecognised {
  readonly _tag: 'CallerUnrecognised'
}

const callerUnrecognised: CallerUnrecognised = { _tag: 'CallerUnrecognised' }

/** The tenant of all personal Microsoft accounts. */
export const personalAccountTenantId = '9188040d-6c67-4c5b-b112-36a304b66dad'

/** Template ids of the directory roles that matter here (Microsoft Entra built-in roles). */
export const directoryRole = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
} as const

const optional = <C extends t.Mixed>(codec: C) => t.union([codec, t.undefined])

const Claims = t.strict(
  {
    tid: TenantId,
    oid: optional(UserId),
    appid: optional(AppId),
    azp: optional(AppId),
    idtyp: optional(t.string),
    scp: optional(t.string),
    roles: optional(t.readonlyArray(t.string)),
    wids: optional(t.readonlyArray(t.string)),
    idp: optional(t.string),
    acct: optional(t.union([t.number, t.string])),
    xms_act_fct: optional(t.union([t.number, t.string])),
    xms_sub_fct: optional(t.union([t.number, t.string])),
  },
  'Claims',
)
type Claims = t.TypeOf<typeof Claims>

/**
 * Reads who calls from the claims of a token whose signature and lifetime were verified.
 *
 * Source: Microsoft identity platform, access token claims reference. Delegated or application is decided by `idtyp`
 * first, then by a non-empty `scp`, then by `roles` without `scp`.
 *
 * @param claims the payload of the token.
 * @returns the caller; `CallerUnrecognised` where a claim has the wrong type or the kind cannot be told.
 */
export const callerFromClaims = (claims: unknown): E.Either<CallerUnrecognised, Caller> =>
  pipe(
    Claims.decode(claims),
    E.mapLeft(() => callerUnrecognised),
    E.flatMap(callerOf),
  )

const callerOf = (claims: Claims): E.Either<CallerUnrecognised, Caller> => {
  if (isPersonal(claims)) return E.right({ kind: 'personalAccount', appRoles: claims.roles ?? [] })
  switch (accessOf(claims)) {
    case 'delegated':
      return workAccountOf(claims)
    case 'application':
      return applicationOf(claims)
    case 'unknown':
      return E.left(callerUnrecognised)
  }
}

const accessOf = (claims: Claims): 'delegated' | 'application' | 'unknown' => {
  if (claims.idtyp === 'app') return 'application'
  if (claims.idtyp === 'user') return 'delegated'
  if (scopesOf(claims).length > 0) return 'delegated'
  return claims.scp === undefined && (claims.roles ?? []).length > 0 ? 'application' : 'unknown'
}

const workAccountOf = (claims: Claims): E.Either<CallerUnrecognised, Caller> =>
  claims.oid === undefined
    ? E.left(callerUnrecognised)
    : E.right({
        kind: 'workAccount',
        tenantId: claims.tid,
        userId: claims.oid,
        appId: clientOf(claims),
        scopes: scopesOf(claims),
        appRoles: claims.roles ?? [],
        directoryRoles: (claims.wids ?? []).map(role => role.toLowerCase()),
        guest: isGuest(claims),
        agent: isAgent(claims),
      })

const applicationOf = (claims: Claims): E.Either<CallerUnrecognised, Caller> => {
  const appId = clientOf(claims)
  return appId === null
    ? E.left(callerUnrecognised)
    : E.right({ kind: 'application', tenantId: claims.tid, appId, appRoles: claims.roles ?? [] })
}

const clientOf = (claims: Claims): AppId | null => claims.appid ?? claims.azp ?? null

const scopesOf = (claims: Claims): ReadonlyArray<string> =>
  (claims.scp ?? '').split(' ').filter(scope => scope !== '')

const isPersonal = (claims: Claims): boolean =>
  claims.tid === personalAccountTenantId ||
  claims.idp === 'live.com' ||
  (claims.idp ?? '').toLowerCase().includes(personalAccountTenantId)

/** `acct`, an optional claim, is 0 for a member and 1 for a guest. Without it, a guest's `idp` is not the token's own tenant. */
const isGuest = ({ acct, idp, tid }: Claims): boolean =>
  acct === undefined ? idp !== undefined && tenantIn(idp) !== tid : String(acct) !== '0'

/** The tenant that an `idp` names, in v1 or v2 form, whatever its case and slashes; null for any other identity provider. */
const tenantIn = (idp: string): string | null =>
  /^https?:\/\/[^/?#]+\/([^/?#]+)(?:\/v2\.0)?\/?$/i.exec(idp)?.[1]?.toLowerCase() ?? null

/** An agent identity, and an agent's user account (Microsoft Entra Agent ID, token claims reference for agents). */
const agentFacets = ['11', '13']

/** The facets of the actor and of the subject are lists of numbers, in any order; those of people have other numbers. */
const isAgent = ({ xms_act_fct: actor, xms_sub_fct: subject }: Claims): boolean =>
  [actor, subject].some(facets =>
    String(facets ?? '')
      .split(' ')
      .some(facet => agentFacets.includes(facet)),
  )
