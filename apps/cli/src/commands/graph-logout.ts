import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { signInNameOf } from '../graph/sign-in.js'
import { loadLocalHistory } from '../graph/standalone.js'
import { addTenantOption, TenantOption } from '../graph/tenant-option.js'
import type { Refusal } from '../refusal.js'
import { graphSignInOf, graphSignInResource } from '../resources/graph-sign-in.js'
import type { LocalSession } from '../session.js'
import { eraseSignIn } from '../sign-in/kept-sign-in.js'
import type { CommandDefinition } from './command-definition.js'
import { readOptions } from './given-values.js'

/** `lethe graph logout` */
export const logOutOfGraph: CommandDefinition = {
  name: 'logout',
  description: 'Erase the sign-in of lethe graph login from this machine. To do it again is no mistake.',
  operands: '',
  examples: ['lethe graph logout --tenant 7b0c2f3e-1a5d-4c8e-9f62-3d4e5a6b7c81'],
  notes: `
Nothing is kept here of the sign-in then; the history of removals stays. A token that was copied
elsewhere stays good until it ends; to end all sign-ins of a person, revoke their sessions in
Microsoft Entra.
`,
  addOptions: addTenantOption,
  prepareLocally: ({ options }) =>
    pipe(
      readOptions(t.exact(TenantOption))(options),
      E.map(
        ({ tenant }) =>
          session =>
            performLogout(session, tenant ?? null),
      ),
    ),
}

const performLogout = (
  { io, output, say }: LocalSession,
  tenant: string | null,
): TE.TaskEither<Refusal, void> =>
  pipe(
    async (): Promise<E.Either<Refusal, TenantId>> => (await loadLocalHistory()).readTenant(io.env, tenant),
    TE.tap(tenantId =>
      pipe(
        eraseSignIn(io, signInNameOf(tenantId)),
        TE.tapTask(erased => () => (erased ? Promise.resolve() : say('nobody was signed in.'))),
      ),
    ),
    TE.flatMap(tenantId => output.one(graphSignInResource, graphSignInOf(tenantId, null))),
  )
