import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { contextResource } from '../resources/context.js'
import { chooseContext } from '../sign-in/choose-context.js'
import { viewOf } from '../sign-in/context-view.js'
import { eraseSignIn } from '../sign-in/kept-sign-in.js'
import { type CommandDefinition, noOptions } from './command-definition.js'

/** `lethe logout` */
export const logout: CommandDefinition = {
  name: 'logout',
  description: 'Erase the sign-in of a context from this machine. To do it again is no mistake.',
  operands: '',
  examples: ['lethe logout', 'lethe logout --context northwind'],
  notes: `
Nothing is kept here of the sign-in then. A token that was copied elsewhere stays good until it
ends; to end all sign-ins of a person, revoke their sessions in Microsoft Entra. LETHE_TOKEN is not
touched.
`,
  addOptions: noOptions,
  prepareLocally: () =>
    E.right(({ io, output, globals, say }) =>
      pipe(
        chooseContext(io, globals),
        TE.flatMap(({ contexts, context }) =>
          context === null
            ? TE.fromTask(() => say('nobody is signed in.'))
            : pipe(
                eraseSignIn(io, context.name),
                TE.tapTask(erased => () => (erased ? Promise.resolve() : say('nobody was signed in.'))),
                TE.flatMap(() => output.one(contextResource, viewOf(contexts, context, null))),
              ),
        ),
      ),
    ),
}
