import { RemovalRequestId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { type UsageMistake, usageMistake } from '../refusal.js'
import type { Perform } from '../session.js'
import { followOne } from '../watch/follow-one.js'
import { watchAll } from '../watch/watch-all.js'
import type { CommandDefinition } from './command-definition.js'
import { readId, readOptions, readWhole } from './given-values.js'
import { addFilterOptions, FilterOptions, readFilter } from './request-filter.js'

const Options = t.exact(t.intersection([FilterOptions, t.partial({ interval: t.string })]))
type Options = t.TypeOf<typeof Options>

const usualInterval = 2
/** A day. Timers of the platform take no more than 24 of them, and go off at once where they get more. */
const longestInterval = 86_400

const exampleId = '0199a0b0-0000-7000-8000-000000000001'

/** `lethe requests watch` */
export const watchRequests: CommandDefinition = {
  name: 'watch',
  description: 'Show each removal request that is new or changes its state, as it happens.',
  operands: '[id]',
  examples: [
    'lethe requests watch --state failed,completed',
    'lethe requests watch -o json >> changes.ndjson',
    `lethe requests watch ${exampleId} && echo completed`,
  ],
  notes: `
Without an id it goes on until Ctrl-C or SIGTERM, which is the way to end it: the exit code is 0.
It begins with a count of the open requests on stderr (lethe requests list shows them), and shows
what changes from then on.

With an id it shows how that request stands ("present") and each change, and ends with the request:
  0 completed   1 failed   3 there is none   6 denied, withdrawn, abandoned or expired   130 Ctrl-C

With -o json each line is an object. --query is about each line by itself, and leaves out those of
which it makes null. seenDateTime is when a change was seen here. States that a request went through
between two looks are not seen; the one in which it ended always is. While the server cannot be
asked, this says so once, keeps trying, and then shows what it missed. A token that is refused ends
it with 4.
`,
  addOptions: command =>
    addFilterOptions(command, 'only changes from or to these states').option(
      '--interval <seconds>',
      `how long to wait between two looks, 1 to ${longestInterval} (default: ${usualInterval})`,
    ),
  prepare: ({ operands, options }) =>
    pipe(
      readOptions(Options)(options),
      E.bindTo('given'),
      E.bind('seconds', ({ given }) => readWhole('--interval', 1, longestInterval)(given.interval)),
      E.flatMap(({ given, seconds }) => readWatch(operands, given, (seconds ?? usualInterval) * 1000)),
    ),
}

const readWatch = (
  operands: ReadonlyArray<string>,
  given: Options,
  pause: number,
): E.Either<UsageMistake, Perform> => {
  if (operands.length === 0)
    return pipe(
      readFilter(given),
      E.map(filter => session => watchAll(session)(filter, pause)),
    )
  if ([given.state, given.user, given.dueBefore, given.batch].some(option => option !== undefined))
    return E.left(
      usageMistake('--state, --user, --batch and --due-before choose among all requests: leave out the id.'),
    )
  return pipe(
    readId(RemovalRequestId, 'id')(operands),
    E.map(id => session => followOne(session)(id, pause)),
  )
}
