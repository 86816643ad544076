import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { ContextRefusal } from './refusal.js'

/** A name that is a file's name on every platform. */
export const ContextName = t.refinement(
  t.string,
  text => /^[a-z0-9][a-z0-9._-]{0,63}$/.test(text),
  'a name of at most 64 lower-case letters, digits, dots, dashes and underscores',
)

/** A tenant's id, or one of its domains. */
export const TenantName = t.refinement(
  t.string,
  text => /^[a-z0-9][a-z0-9.-]{0,252}$/i.test(text),
  'a tenant id or domain',
)

/** A server, and the tenant to sign in to there. */
const Context = t.strict(
  {
    server: t.string,
    /** Null for the one that the server names. */
    tenant: t.union([TenantName, t.null]),
  },
  'Context',
)
type Context = t.TypeOf<typeof Context>

/** The servers and tenants that an operator works with. */
export const Contexts = t.strict(
  { current: t.union([ContextName, t.null]), contexts: t.record(ContextName, Context) },
  'Contexts',
)
export type Contexts = t.TypeOf<typeof Contexts>

export const noContexts: Contexts = { current: null, contexts: {} }

/** A context and its name. */
export interface Named extends Context {
  readonly name: string
}

/** The context of that name; null where there is none. */
export const contextNamed = ({ contexts }: Contexts, name: string): Named | null => {
  const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined
  return context === undefined ? null : { name, ...context }
}

/** All contexts, in the order of their names. */
export const allContexts = (contexts: Contexts): ReadonlyArray<Named> =>
  Object.entries(contexts.contexts)
    .map(([name, context]) => ({ name, ...context }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))

/** What was asked for; null for what was not. */
export interface Wanted {
  readonly name: string | null
  /** As `parseServer` gives it. */
  readonly server: string | null
}

/**
 * Which context is meant: the named one; or else one of the server that was asked for, the current one first; or else the
 * current one. Null where none is.
 */
export const selectContext = (
  contexts: Contexts,
  { name, server }: Wanted,
): E.Either<ContextRefusal, Named | null> => {
  if (name !== null) {
    const named = contextNamed(contexts, name)
    return named === null ? E.left({ _tag: 'UnknownContext', name }) : E.right(named)
  }
  const current = contexts.current === null ? null : contextNamed(contexts, contexts.current)
  if (server === null || current?.server === server) return E.right(current)
  return E.right(allContexts(contexts).find(context => context.server === server) ?? null)
}

/** With a context added or changed. */
export const withContext = (contexts: Contexts, { name, server, tenant }: Named): Contexts => ({
  ...contexts,
  contexts: { ...contexts.contexts, [name]: { server, tenant } },
})

/** Without a context; none is current then, if that one was. */
export const withoutContext = ({ current, contexts }: Contexts, name: string): Contexts => ({
  current: current === name ? null : current,
  contexts: Object.fromEntries(Object.entries(contexts).filter(([other]) => other !== name)),
})

/** A name for the context of a server that has none: `default` for the first, or else one after its host. */
export const newName = (contexts: Contexts, server: string): string => {
  if (contextNamed(contexts, 'default') === null) return 'default'
  const host = new URL(server).host
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 56)
  const free = [host, ...Array.from({ length: 998 }, (_, index) => `${host}-${index + 2}`)]
  return free.find(name => ContextName.is(name) && contextNamed(contexts, name) === null) ?? 'default'
}
