import { RemovalRequestId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { historyResource } from '../resources/history.js'
import { removalRequestResource } from '../resources/removal-request.js'
import { type CommandDefinition, noOptions } from './command-definition.js'
import { readId } from './given-values.js'

/** `lethe requests show` */
export const showRequest: CommandDefinition = {
  name: 'show',
  description: 'Show one removal request.',
  operands: '<id>',
  examples: ['lethe requests show 0199a0b0-0000-7000-8000-000000000001 -o json'],
  addOptions: noOptions,
  prepare: ({ operands }) =>
    pipe(
      readId(RemovalRequestId, 'id')(operands),
      E.map(
        id =>
          ({ lethe, output }) =>
            pipe(
              lethe.request(id),
              TE.flatMap(request => output.one(removalRequestResource, request)),
            ),
      ),
    ),
}

/** `lethe requests history`: fails, after it is shown, where the history is not intact. */
export const showHistory: CommandDefinition = {
  name: 'history',
  description: 'Show every event of a removal request, and whether the history is intact.',
  operands: '<id>',
  examples: ['lethe requests history 0199a0b0-0000-7000-8000-000000000001'],
  addOptions: noOptions,
  prepare: ({ operands }) =>
    pipe(
      readId(RemovalRequestId, 'id')(operands),
      E.map(
        id =>
          ({ lethe, output }) =>
            pipe(
              lethe.history(id),
              TE.tap(history => output.one(historyResource, history)),
              TE.flatMap(({ intact, broken }) =>
                intact
                  ? TE.right(undefined)
                  : TE.left({
                      _tag: 'HistoryBroken' as const,
                      position: broken?.position ?? null,
                      reason: broken?.reason ?? null,
                    }),
              ),
            ),
      ),
    ),
}
