import { personalAccountTenantId } from '@lethe/domain'
import { contoso, northwind, people, type Person } from '../people.js'

/** A person who may sign in, and the name that the sandbox knows them by. */
export interface Signatory {
  readonly name: string
  readonly person: Person
}

const tenants: ReadonlySet<string> = new Set([contoso, northwind])

/**
 * Who may sign in under a tenant's name: its people, those of all tenants for `organizations`, and personal accounts,
 * too, for `common`. Applications do not sign in.
 *
 * Source: Microsoft identity platform, endpoints: the `{tenant}` of the path.
 *
 * @returns null for a tenant that is not known.
 */
export const signatoriesOf = (tenant: string): ReadonlyArray<Signatory> | null => {
  const served = servedBy(tenant)
  return served === null
    ? null
    : [...people]
        .map(([name, person]) => ({ name, person }))
        .filter(({ person }) => person.claims['idtyp'] === 'user' && served.has(person.tid))
}

const servedBy = (tenant: string): ReadonlySet<string> | null => {
  if (tenant === 'common') return new Set([...tenants, personalAccountTenantId])
  if (tenant === 'organizations') return tenants
  return tenants.has(tenant) ? new Set([tenant]) : null
}

/**
 * Whether an address is one that the command line has registered: `http://localhost`, with any port.
 *
 * Source: RFC 8252, 7.3; Microsoft identity platform, redirect URI restrictions, localhost exceptions.
 */
export const isRegisteredRedirect = (address: string): boolean => {
  const url = URL.parse(address)
  return (
    url !== null &&
    // A URL parser drops line ends, which no header may hold.
    !/\s/.test(address) &&
    url.protocol === 'http:' &&
    url.hostname === 'localhost' &&
    url.pathname === '/' &&
    [url.username, url.password, url.search, url.hash].every(part => part === '')
  )
}
