import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Refusal, type UsageMistake, usageMistake } from '../refusal.js'
import { contextResource } from '../resources/context.js'
import { parseServer } from '../server-address.js'
import type { LocalSession } from '../session.js'
import { loadContexts, saveContexts } from '../sign-in/context-file.js'
import { badName } from '../sign-in/context-to-log-in-to.js'
import { viewContext, viewOf } from '../sign-in/context-view.js'
import {
  allContexts,
  contextNamed,
  ContextName,
  type Contexts,
  type Named,
  TenantName,
  withContext,
  withoutContext,
} from '../sign-in/contexts.js'
import { eraseSignIn } from '../sign-in/kept-sign-in.js'
import { type CommandDefinition, noOptions } from './command-definition.js'
import { readOptions } from './given-values.js'

const readName = ([name]: ReadonlyArray<string>): E.Either<UsageMistake, string> =>
  ContextName.is(name) ? E.right(name) : E.left(badName)

const found = (contexts: Contexts, name: string): TE.TaskEither<Refusal, Named> => {
  const context = contextNamed(contexts, name)
  return context === null ? TE.left({ _tag: 'UnknownContext', name }) : TE.right(context)
}

/** Keeps the contexts, and shows one of them. */
const saveAndShow = ({ io, output }: LocalSession, contexts: Contexts, context: Named) =>
  pipe(
    saveContexts(io, contexts),
    TE.flatMap(() => viewContext(io, contexts, context)),
    TE.flatMap(view => output.one(contextResource, view)),
  )

const listContexts: CommandDefinition = {
  name: 'list',
  description: 'List the contexts, and who is signed in to them.',
  operands: '',
  examples: ['lethe context list', "lethe context list --query '[?current].name' -o text"],
  addOptions: noOptions,
  prepareLocally: () =>
    E.right(({ io, output }) =>
      pipe(
        loadContexts(io),
        TE.flatMap(contexts =>
          TE.traverseSeqArray((context: Named) => viewContext(io, contexts, context))(allContexts(contexts)),
        ),
        TE.flatMap(views => {
          const list = output.list(contextResource)
          return pipe(
            list.add(views),
            TE.flatMap(() => list.end()),
          )
        }),
      ),
    ),
}

const useContext: CommandDefinition = {
  name: 'use',
  description: 'Make a context the current one.',
  operands: '<name>',
  examples: ['lethe context use northwind'],
  addOptions: noOptions,
  prepareLocally: ({ operands }) =>
    pipe(
      readName(operands),
      E.map(
        name => session =>
          pipe(
            loadContexts(session.io),
            TE.bindTo('contexts'),
            TE.bind('context', ({ contexts }) => found(contexts, name)),
            TE.flatMap(({ contexts, context }) =>
              saveAndShow(session, { ...contexts, current: name }, context),
            ),
          ),
      ),
    ),
}

const Options = t.exact(t.partial({ tenant: TenantName }))

const setContext: CommandDefinition = {
  name: 'set',
  description: 'Make a context, or change its server or tenant; its sign-in is erased then.',
  operands: '<name>',
  examples: [
    'lethe context set prod --server https://lethe.contoso.example',
    'lethe context set northwind --server https://lethe.contoso.example --tenant northwind.example',
  ],
  addOptions: command => command.option('--tenant <tenant>', 'the tenant to sign in to, by its id or domain'),
  prepareLocally: ({ operands, options }) =>
    pipe(
      readName(operands),
      E.bindTo('name'),
      E.bind('given', () => readOptions(Options)(options)),
      E.map(
        ({ name, given }) =>
          session =>
            pipe(
              loadContexts(session.io),
              TE.bindTo('contexts'),
              TE.bind('context', ({ contexts }) =>
                TE.fromEither(changed(contexts, name, session.globals.server, given.tenant ?? null)),
              ),
              TE.tap(({ contexts, context }) =>
                isSame(contextNamed(contexts, name), context)
                  ? TE.right(false)
                  : eraseSignIn(session.io, name),
              ),
              TE.flatMap(({ contexts, context }) =>
                saveAndShow(
                  session,
                  { ...withContext(contexts, context), current: contexts.current ?? name },
                  context,
                ),
              ),
            ),
      ),
    ),
}

const isSame = (before: Named | null, now: Named): boolean =>
  before?.server === now.server && before.tenant === now.tenant

const changed = (
  contexts: Contexts,
  name: string,
  server: string | null,
  tenant: string | null,
): E.Either<Refusal, Named> => {
  const before = contextNamed(contexts, name)
  const address = server ?? before?.server ?? null
  return address === null
    ? E.left(usageMistake('A new context needs --server.'))
    : pipe(
        parseServer(address),
        E.map(parsed => ({ name, server: parsed, tenant: tenant ?? before?.tenant ?? null })),
      )
}

const removeContext: CommandDefinition = {
  name: 'remove',
  description: 'Forget a context, and erase its sign-in.',
  operands: '<name>',
  examples: ['lethe context remove northwind'],
  addOptions: noOptions,
  prepareLocally: ({ operands }) =>
    pipe(
      readName(operands),
      E.map(
        name =>
          ({ io, say, output }) =>
            pipe(
              loadContexts(io),
              TE.bindTo('contexts'),
              TE.bind('context', ({ contexts }) => found(contexts, name)),
              TE.tap(() => eraseSignIn(io, name)),
              TE.let('left', ({ contexts }) => withoutContext(contexts, name)),
              TE.tap(({ left }) => saveContexts(io, left)),
              TE.tapTask(() => () => say(`the context ${name} and its sign-in are gone.`)),
              TE.flatMap(({ left, context }) => output.one(contextResource, viewOf(left, context, null))),
            ),
      ),
    ),
}

/** `lethe context list`, `use`, `set` and `remove` */
export const contextCommands: ReadonlyArray<CommandDefinition> = [
  listContexts,
  useContext,
  setContext,
  removeContext,
]
