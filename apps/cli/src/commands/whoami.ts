import { pipe } from 'fp-ts/lib/function.js'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { identityResource } from '../resources/identity.js'
import { readToken } from '../token.js'
import { type CommandDefinition, noOptions } from './command-definition.js'

/** `lethe whoami` */
export const whoami: CommandDefinition = {
  name: 'whoami',
  description:
    'Show who you are to the server, what you may do there, and how and until when you are signed in.',
  operands: '',
  examples: ['lethe whoami', 'lethe whoami --query operations -o json'],
  addOptions: noOptions,
  prepare: () =>
    E.right(({ lethe, output, server, tokens, origin }) =>
      pipe(
        lethe.identity,
        TE.bindTo('identity'),
        // Asked for afterwards: it may have been renewed for the call.
        TE.bind('token', () => tokens.current),
        TE.flatMap(({ identity, token }) =>
          output.one(identityResource, {
            ...identity,
            server,
            ...origin,
            tokenExpiryDateTime: readToken(token).expires,
          }),
        ),
      ),
    ),
}
