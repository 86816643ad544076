import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { removalRequestResource } from '../resources/removal-request.js'
import type { CommandDefinition } from './command-definition.js'
import { readOptions } from './given-values.js'
import { addFilterOptions, FilterOptions, readFilter } from './request-filter.js'
import { showPages } from './show-pages.js'

/** `lethe requests export` */
export const exportRequests: CommandDefinition = {
  name: 'export',
  description:
    'Write all removal requests that a filter matches, with every property: as CSV, if not told otherwise.',
  operands: '',
  examples: [
    'lethe requests export --state completed > completed.csv',
    'lethe requests export --batch 0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00 -o json > batch.json',
  ],
  notes: `
It keeps nothing in memory, and while the server cannot be asked it waits and goes on where it was.
`,
  usualFormat: 'csv',
  addOptions: command => addFilterOptions(command, 'only in these states'),
  prepare: ({ options }) =>
    pipe(
      readOptions(t.exact(FilterOptions))(options),
      E.flatMap(readFilter),
      E.map(
        ({ states, conditions }) =>
          session =>
            showPages(
              session,
              removalRequestResource,
              session.patientLethe.requests(
                { ...(states === null ? {} : { state: states }), ...conditions },
                null,
              ),
            ),
      ),
    ),
}
