import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type SingleRefusal, usageMistake } from '../refusal.js'
import { defaultServer } from '../server-address.js'
import {
  ContextName,
  contextNamed,
  type Contexts,
  type Named,
  newName,
  selectContext,
  type Wanted,
} from './contexts.js'

/** The context that somebody signs in to: the one that is meant, or a new one. */
export const contextToLogInTo = (
  contexts: Contexts,
  wanted: Wanted,
  tenant: string | null,
): E.Either<SingleRefusal, Named> =>
  wanted.name === null
    ? pipe(
        selectContext(contexts, wanted),
        E.map(found => {
          const server = wanted.server ?? defaultServer
          const context = found ?? { name: newName(contexts, server), server, tenant }
          return { ...context, tenant: tenant ?? context.tenant }
        }),
      )
    : named(contexts, wanted.name, wanted.server, tenant)

const named = (
  contexts: Contexts,
  name: string,
  server: string | null,
  tenant: string | null,
): E.Either<SingleRefusal, Named> => {
  const found = contextNamed(contexts, name)
  if (!ContextName.is(name)) return E.left(badName)
  if (found === null) return E.right({ name, server: server ?? defaultServer, tenant })
  return server !== null && server !== found.server
    ? E.left(
        usageMistake(
          `The context ${name} is for another server than --server (LETHE_SERVER) says. lethe context set ${name} --server changes it.`,
        ),
      )
    : E.right({ ...found, tenant: tenant ?? found.tenant })
}

/** What is said of a name that is none. */
export const badName = usageMistake(
  'The name of a context has at most 64 lower-case letters, digits, dots, dashes and underscores.',
)
