import { DateTime, type Denial, type RemovalRequestResource } from '@lethe/api-contract'
import { RemovalRequestId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { removalRequestResource } from '../resources/removal-request.js'
import type { Session } from '../session.js'
import { tryEach } from '../several.js'
import { showRequests } from '../show-requests.js'
import { type CommandDefinition, noOptions } from './command-definition.js'
import {
  addClosingOptions,
  addDenialOptions,
  ClosingOptions,
  DenialOptions,
  readClosing,
  readDenial,
} from './denial-options.js'
import { readId, readIds, readOptions } from './given-values.js'

const exampleId = '0199a0b0-0000-7000-8000-000000000001'

/** `lethe requests approve` */
export const approveRequests: CommandDefinition = {
  name: 'approve',
  description: 'Approve removal requests. Whoever asked may not, and guests may not.',
  operands: '<id...>',
  examples: [`lethe requests approve ${exampleId}`],
  addOptions: noOptions,
  prepare: ({ operands }) =>
    pipe(
      readIds(RemovalRequestId, 'id')(operands),
      E.map(
        ids =>
          ({ lethe, output }) =>
            pipe(
              TE.fromTask(
                tryEach(ids.map(id => ({ subject: `request ${id}`, run: lethe.act(id, 'approve') }))),
              ),
              TE.flatMap(({ done, refusals }) => showRequests(output, ids.length, done, refusals)),
            ),
      ),
    ),
}

const DenyOptions = t.exact(DenialOptions)

/** `lethe requests deny` */
export const denyRequest: CommandDefinition = {
  name: 'deny',
  description: 'Deny a removal request, with the reason.',
  operands: '<id>',
  examples: [
    `lethe requests deny ${exampleId} --code legalClaims`,
    `lethe requests deny ${exampleId} --code other --note "Asked by mistake, says the person."`,
  ],
  addOptions: addDenialOptions,
  prepare: ({ operands, options }) =>
    pipe(
      readId(RemovalRequestId, 'id')(operands),
      E.bindTo('id'),
      E.bind('denial', () => pipe(readOptions(DenyOptions)(options), E.flatMap(readDenial))),
      E.map(
        ({ id, denial }) =>
          ({ lethe, output, say }) =>
            pipe(
              lethe.deny(id, denial),
              TE.tapTask(request => () => sayKept(say, request, denial)),
              TE.flatMap(request => output.one(removalRequestResource, request)),
            ),
      ),
    ),
}

/** A repeat changes nothing: the note that came with it is not recorded where there was another one, or none, before. */
const sayKept = async (
  say: Session['say'],
  { id, denial, abandonment }: RemovalRequestResource,
  { note }: Pick<Denial, 'note'>,
): Promise<void> => {
  const kept = denial?.note ?? abandonment?.note
  const at = denial?.deniedDateTime ?? abandonment?.abandonedDateTime
  if (note === undefined || note === kept || at === undefined) return
  const done = denial === null ? 'closed' : 'denied'
  await say(
    `request ${id} was ${done} before, ${DateTime.encode(at)}: what was recorded then is kept, and not this note.`,
  )
}

const acting = (name: 'withdraw' | 'retry', description: string): CommandDefinition => ({
  name,
  description,
  operands: '<id>',
  examples: [`lethe requests ${name} ${exampleId}`],
  addOptions: noOptions,
  prepare: ({ operands }) =>
    pipe(
      readId(RemovalRequestId, 'id')(operands),
      E.map(
        id =>
          ({ lethe, output }) =>
            pipe(
              lethe.act(id, name),
              TE.flatMap(request => output.one(removalRequestResource, request)),
            ),
      ),
    ),
})

/** `lethe requests withdraw` */
export const withdrawRequest = acting(
  'withdraw',
  'Withdraw a removal request for which no data holder was called.',
)

/** `lethe requests retry` */
export const retryRequest = acting(
  'retry',
  'Resume a failed removal with the data holders that are not done yet.',
)

/** `lethe requests close` */
export const closeRequest: CommandDefinition = {
  name: 'close',
  description: 'End a failed removal request that will not be retried, with the reason.',
  operands: '<id>',
  examples: [
    `lethe requests close ${exampleId} --code handledManually`,
    `lethe requests close ${exampleId} --code other --note "Ticket 4711."`,
  ],
  notes: `
It is for requests that failed after a data holder was called: data may have been removed. Each
holder is looked at once more, and the request ends abandoned. One that failed before any holder
was called is withdrawn instead.
`,
  addOptions: addClosingOptions,
  prepare: ({ operands, options }) =>
    pipe(
      readId(RemovalRequestId, 'id')(operands),
      E.bindTo('id'),
      E.bind('closing', () => pipe(readOptions(t.exact(ClosingOptions))(options), E.flatMap(readClosing))),
      E.map(
        ({ id, closing }) =>
          ({ lethe, output, say }) =>
            pipe(
              lethe.close(id, closing),
              TE.tapTask(request => () => sayKept(say, request, closing)),
              TE.flatMap(request => output.one(removalRequestResource, request)),
            ),
      ),
    ),
}
