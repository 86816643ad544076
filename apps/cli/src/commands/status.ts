import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { statusResource } from '../resources/status.js'
import { type CommandDefinition, noOptions } from './command-definition.js'

/** `lethe status` */
export const status: CommandDefinition = {
  name: 'status',
  description:
    'Show how your tenant stands: who asks, what is overdue, what waits, and how calls to Graph fare.',
  operands: '',
  examples: ['lethe status', 'lethe status --query overdue -o json', 'lethe status --query queue.waiting'],
  notes: `
queueWaiting counts the steps of removals that are due and that no worker is at yet, queueHeld
those that one is at. workerUnseenSeconds says for how long no worker of the tenant has been seen,
a few seconds while one is there; it is missing where none ever was. graph is closed where
Microsoft Graph is called as usual, open where it is not called because it fails, and halfOpen where
it is tried again. unreadable counts requests whose history cannot be read, or was changed: the
operator of Lethe has to look at them.
`,
  addOptions: noOptions,
  prepare: () =>
    E.right(({ lethe, output, server }) =>
      pipe(
        lethe.identity,
        TE.bindTo('identity'),
        TE.bind('found', () => lethe.status),
        TE.flatMap(({ identity: { contract, tenantId, kind, userId, appId, operations }, found }) =>
          output.one(statusResource, {
            server,
            contract,
            caller: { kind, userId, appId, operations },
            tenantId,
            ...found,
          }),
        ),
      ),
    ),
}
