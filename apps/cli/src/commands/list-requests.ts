import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { removalRequestResource } from '../resources/removal-request.js'
import type { CommandDefinition } from './command-definition.js'
import { readOptions, readWhole } from './given-values.js'
import { addFilterOptions, FilterOptions, readFilter } from './request-filter.js'
import { listNotes, showPages } from './show-pages.js'

const Options = t.exact(t.intersection([FilterOptions, t.partial({ limit: t.string })]))

/** `lethe requests list` */
export const listRequests: CommandDefinition = {
  name: 'list',
  description: 'List removal requests, the newest first.',
  operands: '',
  examples: [
    'lethe requests list --state pendingApproval,failed --due-before 2026-12-24',
    'lethe requests list --state completed -o csv > completed.csv',
    `lethe requests list --limit 1000 --query "[?state=='failed'].id"`,
  ],
  notes: listNotes,
  addOptions: command =>
    addFilterOptions(command, 'only in these states').option(
      '--limit <n>',
      'at most so many requests (default: all)',
    ),
  prepare: ({ options }) =>
    pipe(
      readOptions(Options)(options),
      E.bindTo('given'),
      E.bind('filter', ({ given }) => readFilter(given)),
      E.bind('limit', ({ given }) => readWhole('--limit', 1)(given.limit)),
      E.map(
        ({ filter: { states, conditions }, limit }) =>
          session =>
            showPages(
              session,
              removalRequestResource,
              session.lethe.requests({ ...(states === null ? {} : { state: states }), ...conditions }, limit),
            ),
      ),
    ),
}
