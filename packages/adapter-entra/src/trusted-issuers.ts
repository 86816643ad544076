import { personalAccountTenantId, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'

/** Which tenant each trusted issuer (`iss`, exact) speaks for (`tid`). What is not in here is not trusted. */
export type TrustedIssuers = ReadonlyMap<string, TenantId>

/** Why a configured issuer cannot be trusted. */
export type IssuerMistake =
  /** It is no absolute http(s) URL, or it has a query, a fragment, credentials or white space. */
  | 'notAnIssuerUrl'
  /**
   * It does not name exactly one tenant: by a segment of its path that is `{tenantid}` or a lower-case GUID. Its host may
   * name the same one again.
   */
  | 'notOneTenant'
  /** Its tenant is neither served nor that of the personal accounts. */
  | 'tenantNotServed'

/** Points at a bad entry of the configuration, and does not repeat it. */
export interface BadIssuer {
  readonly _tag: 'BadIssuer'
  /** The position in the list of issuers, from 0. */
  readonly index: number
  readonly mistake: IssuerMistake
}

const placeholder = '{tenantid}'
const anyGuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi

/**
 * Builds the finite table of what is trusted: pairs of an issuer and its one tenant.
 *
 * An entry with `{tenantid}` stands for one issuer per served tenant, and one for personal accounts: their tokens are
 * genuine, and it is for the permission rule to say no. Source: the `issuer` of Microsoft's published metadata.
 *
 * @param tenants the tenants served.
 * @param issuers exact issuer identifiers, such as `https://login.microsoftonline.com/{tenantid}/v2.0`.
 * @returns the table, or every bad entry.
 */
export const trustedIssuers = (
  tenants: ReadonlyArray<TenantId>,
  issuers: ReadonlyArray<string>,
): E.Either<ReadonlyArray<BadIssuer>, TrustedIssuers> => {
  const known = [...tenants, personalAccountTenantId].filter(TenantId.is)
  const { left: bad, right: good } = RA.separate(issuers.map(pairsOf(known)))
  return bad.length > 0 ? E.left(bad) : E.right(new Map(good.flat()))
}

/** Puts a tenant in the place of `{tenantid}`, as Microsoft's metadata and key sets mean it. */
export const withTenant = (template: string, tenantId: TenantId): string =>
  template.replaceAll(placeholder, tenantId)

type Pair = readonly [issuer: string, tenantId: TenantId]

const pairsOf =
  (known: ReadonlyArray<TenantId>) =>
  (entry: string, index: number): E.Either<BadIssuer, ReadonlyArray<Pair>> => {
    const expanded = entry.includes(placeholder) ? known.map(tenant => withTenant(entry, tenant)) : [entry]
    const { left: mistakes, right: pairs } = RA.separate(expanded.map(pairOf(known)))
    const [mistake] = mistakes
    return mistake === undefined ? E.right(pairs) : E.left({ _tag: 'BadIssuer', index, mistake })
  }

const pairOf =
  (known: ReadonlyArray<TenantId>) =>
  (issuer: string): E.Either<IssuerMistake, Pair> => {
    const url = issuerUrl(issuer)
    if (url === null) return E.left('notAnIssuerUrl')
    const [tenant, ...others] = url.pathname.match(anyGuid) ?? []
    if (!TenantId.is(tenant) || others.length > 0) return E.left('notOneTenant')
    if (!url.pathname.split('/').includes(tenant)) return E.left('notOneTenant')
    // Issuers at ciamlogin.com name their tenant in the host as well (Microsoft Entra External ID).
    if ((url.host.match(anyGuid) ?? []).some(other => other !== tenant)) return E.left('notOneTenant')
    return known.includes(tenant) ? E.right([issuer, tenant]) : E.left('tenantNotServed')
  }

const issuerUrl = (issuer: string): URL | null => {
  const url = URL.parse(issuer)
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return null
  return /[\s?#]/.test(issuer) || url.username !== '' || url.password !== '' ? null : url
}
