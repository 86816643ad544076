import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import type { Io } from '../io.js'
import type { Refusal, SingleRefusal } from '../refusal.js'
import { contextResource } from '../resources/context.js'
import type { LocalSession } from '../session.js'
import { askSignInOptions } from '../sign-in/ask-options.js'
import { authorityFor } from '../sign-in/authority.js'
import { readAsked, wantedOf } from '../sign-in/choose-context.js'
import { loadContexts, saveContexts } from '../sign-in/context-file.js'
import { viewOf } from '../sign-in/context-view.js'
import { contextToLogInTo } from '../sign-in/context-to-log-in-to.js'
import { allContexts, type Contexts, type Named, TenantName, withContext } from '../sign-in/contexts.js'
import { type KeptSignIn, loadSignIn, saveSignIn } from '../sign-in/kept-sign-in.js'
import { logIn, type LoginWay } from '../sign-in/log-in.js'
import { addWayOptions, readWay, WayOptions, whereSeen } from '../sign-in/login-way.js'
import { asksTheSame, trustServer } from '../sign-in/trust-server.js'
import type { CommandDefinition } from './command-definition.js'
import { readOptions } from './given-values.js'

const Options = t.exact(t.intersection([WayOptions, t.partial({ tenant: TenantName, force: t.boolean })]))
type Options = t.TypeOf<typeof Options>

/** `lethe login` */
export const login: CommandDefinition = {
  name: 'login',
  description: 'Sign in to a server, as the person that its tenant knows.',
  operands: '',
  examples: [
    'lethe login --server https://lethe.contoso.example',
    'lethe login --device-code',
    'lethe login --context northwind --tenant northwind.example',
  ],
  notes: `
Opens a browser, and writes the address to stderr, too. The sign-in is kept for the context that
--context names, or the one of the server; where there is none, one is made. That context is the
current one from then on. Tokens are kept in a file that only you can read, and renewed when they
end. Ctrl-C gives up. A server says itself what it wants a token for: where no context knows it yet,
or it wants another one than before, you are asked whether it is the server that you mean.
`,
  addOptions: command =>
    addWayOptions(command)
      .option('--tenant <tenant>', 'sign in to this tenant, by its id or domain, from now on')
      .option('--force', 'do not ask whether a server that is new is the right one'),
  prepareLocally: ({ options }) =>
    pipe(
      readOptions(Options)(options),
      E.bindTo('given'),
      E.bind('way', ({ given }) => readWay(given)),
      E.map(
        ({ given, way }) =>
          session =>
            performLogin(session, given, way),
      ),
    ),
}

const performLogin = (
  { io, output, say, globals }: LocalSession,
  given: Options,
  way: LoginWay,
): TE.TaskEither<Refusal, void> =>
  pipe(
    TE.fromEither(whereSeen(io, way)),
    TE.flatMap(() => loadContexts(io)),
    TE.bindTo('before'),
    TE.bind('asked', () => TE.fromEither(readAsked(io, globals))),
    TE.bind('context', ({ before, asked }) =>
      TE.fromEither(contextToLogInTo(before, wantedOf(before, asked), given.tenant ?? null)),
    ),
    TE.bind('options', ({ context }) => askSignInOptions(io, context.server)),
    TE.bind('authority', ({ context, options }): TE.TaskEither<SingleRefusal, string> =>
      TE.fromEither(authorityFor(options.authority, context.tenant, context.server)),
    ),
    TE.tap(({ before, context, options, authority }) =>
      pipe(
        lastSignIn(io, context),
        TE.flatMap(last =>
          trustServer(
            io,
            context.server,
            options,
            authority,
            given.force === true ||
              (knows(before, context.server) && (last === null || asksTheSame(options, authority, last))),
          ),
        ),
      ),
    ),
    TE.bind(
      'signIn',
      ({ context, options: { clientId, scopes }, authority }): TE.TaskEither<SingleRefusal, KeptSignIn> =>
        logIn({ io, say })({ server: context.server, authority, clientId, scopes }, context.name, way),
    ),
    TE.tap(({ context, signIn }) => saveSignIn(io, context.name, signIn)),
    // Read again: a person takes their time.
    TE.bind('contexts', ({ context }) =>
      pipe(
        loadContexts(io),
        TE.map(now => ({ ...withContext(now, context), current: context.name })),
      ),
    ),
    TE.tap(({ contexts }) => saveContexts(io, contexts)),
    TE.tapTask(() => () => ((io.env['LETHE_TOKEN'] ?? '') === '' ? Promise.resolve() : say(tokenGoesFirst))),
    TE.flatMap(({ contexts, context, signIn }) =>
      output.one(contextResource, viewOf(contexts, context, signIn)),
    ),
  )

const tokenGoesFirst = 'LETHE_TOKEN is set, and goes before this sign-in: unset it to use the sign-in.'

/** The sign-in of a context to its server; null where there is none that can be read. */
const lastSignIn = (io: Io, { name, server }: Named): TE.TaskEither<SingleRefusal, KeptSignIn | null> =>
  pipe(
    loadSignIn(io, name),
    TE.map(kept => (kept?.source.server === server ? kept : null)),
    TE.orElse(() => TE.right<SingleRefusal, KeptSignIn | null>(null)),
  )

const knows = (contexts: Contexts, server: string): boolean =>
  allContexts(contexts).some(context => context.server === server)
