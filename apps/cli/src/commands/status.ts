import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { statusResource } from '../resources/status.js'
import { type CommandDefinition, noOptions } from './command-definition.js'

/** `lethe status` */
export const status: CommandDefinition = {
  name: 'status',
  description:
    'Show how your tenant stands: overdue requests, and whether the server that answers calls Microsoft Graph.',
  operands: '',
  examples: ['lethe status', 'lethe status --query overdue -o json'],
  addOptions: noOptions,
  prepare: () =>
    E.right(({ lethe, output, server }) =>
      pipe(
        lethe.identity,
        TE.flatMap(({ contract, tenantId }) =>
          pipe(
            lethe.status,
            TE.flatMap(found => output.one(statusResource, { server, contract, tenantId, ...found })),
          ),
        ),
      ),
    ),
}
