import { pipe } from 'fp-ts/lib/function.js'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { identityResource } from '../resources/identity.js'
import { type CommandDefinition, noOptions } from './command-definition.js'

/** `lethe whoami` */
export const whoami: CommandDefinition = {
  name: 'whoami',
  description: 'Show who you are to the server, what you may do there, and when your token expires.',
  operands: '',
  examples: ['lethe whoami', 'lethe whoami --query operations -o json'],
  addOptions: noOptions,
  prepare: () =>
    E.right(({ lethe, output, server, token }) =>
      pipe(
        lethe.identity,
        TE.flatMap(identity =>
          output.one(identityResource, { ...identity, server, tokenExpiryDateTime: token.expires }),
        ),
      ),
    ),
}
