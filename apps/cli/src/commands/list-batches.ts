import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { batchListItemResource } from '../resources/batch.js'
import type { CommandDefinition } from './command-definition.js'
import { readOptions, readWhole } from './given-values.js'
import { addStateOption, readStates } from './request-filter.js'
import { listNotes, showPages } from './show-pages.js'

const Options = t.exact(t.partial({ state: t.readonlyArray(t.string), limit: t.string }))

/** `lethe batches list` */
export const listBatches: CommandDefinition = {
  name: 'list',
  description: 'List batches, the newest first: how many requests they hold, and how these stand.',
  operands: '',
  examples: [
    'lethe batches list --state pendingApproval',
    "lethe batches list --limit 1 --query '[0].id'",
    'lethe batches list -o csv > batches.csv',
  ],
  notes: listNotes,
  addOptions: command =>
    addStateOption(command, 'only those with a request in one of these states').option(
      '--limit <n>',
      'at most so many batches (default: all)',
    ),
  prepare: ({ options }) =>
    pipe(
      readOptions(Options)(options),
      E.bindTo('given'),
      E.bind('states', ({ given }) => readStates(given.state)),
      E.bind('limit', ({ given }) => readWhole('--limit', 1)(given.limit)),
      E.map(
        ({ states, limit }) =>
          session =>
            showPages(
              session,
              batchListItemResource,
              session.lethe.batches(states === null ? {} : { state: states }, limit),
            ),
      ),
    ),
}
