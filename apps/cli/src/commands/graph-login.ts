import { AppId } from '@lethe/domain'
import type { GraphSettings } from '@lethe/standalone'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { signInNameOf, signInSourceOf } from '../graph/sign-in.js'
import { loadStandalone } from '../graph/standalone.js'
import { addTenantOption, graphNotes, TenantOption } from '../graph/tenant-option.js'
import { type Refusal, type SingleRefusal, usageMistake } from '../refusal.js'
import { graphSignInOf, graphSignInResource } from '../resources/graph-sign-in.js'
import type { LocalSession } from '../session.js'
import { type KeptSignIn, loadSignIn, saveSignIn } from '../sign-in/kept-sign-in.js'
import { logIn, type LoginWay } from '../sign-in/log-in.js'
import { addWayOptions, readWay, WayOptions, whereSeen } from '../sign-in/login-way.js'
import type { CommandDefinition } from './command-definition.js'
import { readGuid, readOptions } from './given-values.js'

const Options = t.exact(t.intersection([TenantOption, WayOptions, t.partial({ clientId: t.string })]))

const exampleTenant = '7b0c2f3e-1a5d-4c8e-9f62-3d4e5a6b7c81'

/** `lethe graph login` */
export const logInToGraph: CommandDefinition = {
  name: 'login',
  description: 'Sign in to a tenant for Microsoft Graph itself, with an app registration of your own.',
  operands: '',
  examples: [
    `lethe graph login --tenant ${exampleTenant} --client-id 3f1e7a52-93c8-4d16-8b0a-5c2d4e6f7a80`,
    'lethe graph login --device-code',
  ],
  notes: `
Opens a browser, and writes the address to stderr, too. The app registration is a public client that
an administrator gave Graph's delegated permission CrossTenantUserProfileSharing.ReadWrite.All.
Its id is kept with the sign-in until lethe graph logout, in a file that only you can read, one for
each tenant. Tokens are renewed when they end, and go to no Graph but the one that they were made
for.
${graphNotes}`,
  addOptions: command =>
    addWayOptions(addTenantOption(command)).option(
      '--client-id <id>',
      'the app registration to sign in with (default: LETHE_GRAPH_CLIENT_ID, or that of the sign-in before)',
    ),
  prepareLocally: ({ options }) =>
    pipe(
      readOptions(Options)(options),
      E.bindTo('given'),
      E.bind('way', ({ given }) => readWay(given)),
      E.bind('clientId', ({ given }) => readGuid(AppId, '--client-id')(given.clientId)),
      E.map(
        ({ given, way, clientId }) =>
          session =>
            performLogin(session, { tenant: given.tenant ?? null, clientId, way }),
      ),
    ),
}

interface Asked {
  readonly tenant: string | null
  readonly clientId: AppId | null
  readonly way: LoginWay
}

const performLogin = (
  { io, output, say }: LocalSession,
  { tenant, clientId, way }: Asked,
): TE.TaskEither<Refusal, void> =>
  pipe(
    TE.fromEither(whereSeen(io, way)),
    TE.flatMap(
      () => async (): Promise<E.Either<SingleRefusal, GraphSettings>> =>
        (await loadStandalone()).readGraphSettings(io.env, tenant),
    ),
    TE.bindTo('settings'),
    TE.bind('context', ({ settings }) => TE.right(signInNameOf(settings.tenantId))),
    TE.bind('usedId', ({ settings, context }): TE.TaskEither<SingleRefusal, string> =>
      clientId === null ? usualId(io, settings, context) : TE.right(clientId),
    ),
    TE.bind('signIn', ({ settings, context, usedId }): TE.TaskEither<SingleRefusal, KeptSignIn> =>
      logIn({ io, say })(signInSourceOf(settings, usedId), context, way),
    ),
    TE.tap(({ settings, signIn }): TE.TaskEither<SingleRefusal, void> =>
      signIn.account.tenantId.toLowerCase() === settings.tenantId
        ? TE.right(undefined)
        : TE.left({ _tag: 'GraphSignInElsewhere' }),
    ),
    TE.tap(({ context, signIn }) => saveSignIn(io, context, signIn)),
    TE.tapTask(
      ({ settings }) =>
        () =>
          sayWhatComesFirst(say, settings.credential.kind),
    ),
    TE.flatMap(({ settings, signIn }) =>
      output.one(graphSignInResource, graphSignInOf(settings.tenantId, signIn)),
    ),
  )

/** The registration of the environment, or that of the sign-in before. One with a credential is an application's own, and not for people. */
const usualId = (
  io: LocalSession['io'],
  { credential }: GraphSettings,
  context: string,
): TE.TaskEither<SingleRefusal, string> =>
  pipe(
    credential.kind === 'none' ? readGuid(AppId, 'LETHE_GRAPH_CLIENT_ID')(givenIn(io.env)) : E.right(null),
    TE.fromEither,
    TE.flatMap((id): TE.TaskEither<SingleRefusal, string> =>
      id === null ? idOfBefore(io, context) : TE.right(id),
    ),
  )

const givenIn = ({ LETHE_GRAPH_CLIENT_ID: id }: LocalSession['io']['env']): string | undefined =>
  id === undefined || id.trim() === '' ? undefined : id.trim()

const idOfBefore = (io: LocalSession['io'], context: string): TE.TaskEither<SingleRefusal, string> =>
  pipe(
    loadSignIn(io, context),
    TE.flatMapEither((before): E.Either<SingleRefusal, string> =>
      before === null
        ? E.left(usageMistake('--client-id is needed: the id of an app registration of your tenant.'))
        : E.right(before.source.clientId),
    ),
  )

const sayWhatComesFirst = async (
  say: LocalSession['say'],
  kind: 'token' | 'application' | 'none',
): Promise<void> => {
  if (kind === 'token') await say('LETHE_GRAPH_TOKEN is set, and is used in the place of this sign-in.')
  if (kind === 'application')
    await say('LETHE_GRAPH_CLIENT_ID is set with a credential, which is used in the place of this sign-in.')
}
