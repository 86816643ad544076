import { RemovalState, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { type UsageMistake, usageMistake } from '../refusal.js'
import { removalRequestResource } from '../resources/removal-request.js'
import type { CommandDefinition } from './command-definition.js'
import { readDateTime, readOptions, readWhole } from './given-values.js'
import { showPages } from './show-pages.js'

const Options = t.exact(t.partial({ state: t.string, user: t.string, dueBefore: t.string, limit: t.string }))

const states = Object.keys(RemovalState.keys).join(', ')

/** `lethe requests list` */
export const listRequests: CommandDefinition = {
  name: 'list',
  description: 'List removal requests.',
  operands: '',
  examples: [
    'lethe requests list --state pendingApproval,failed --due-before 2026-12-24',
    `lethe requests list --query "[?state=='failed'].id"`,
  ],
  addOptions: command =>
    command
      .option('--state <states>', `only in these states, joined by commas: ${states}`)
      .option('--user <userId>', 'only for this person')
      .option('--due-before <date-time>', 'only those due before this date or date-time')
      .option('--limit <n>', 'at most so many requests (default: all)'),
  prepare: ({ options }) =>
    pipe(
      readOptions(Options)(options),
      E.bindTo('given'),
      E.bind('state', ({ given }) => readStates(given.state)),
      E.bind('userId', ({ given }) => readUser(given.user)),
      E.bind('dueBefore', ({ given }) => readDateTime('--due-before')(given.dueBefore)),
      E.bind('limit', ({ given }) => readWhole('--limit', 1)(given.limit)),
      E.map(
        ({ state, userId, dueBefore, limit }) =>
          session =>
            showPages(
              session,
              removalRequestResource,
              session.lethe.requests(
                {
                  ...(state === null ? {} : { state }),
                  ...(userId === null ? {} : { userId }),
                  ...(dueBefore === null ? {} : { dueBefore }),
                },
                limit,
              ),
            ),
      ),
    ),
}

const readStates = (text: string | undefined): E.Either<UsageMistake, ReadonlyArray<RemovalState> | null> =>
  text === undefined
    ? E.right(null)
    : pipe(
        t.readonlyArray(RemovalState).decode(text.split(',').map(state => state.trim())),
        E.mapLeft(() => usageMistake(`--state takes one or more of ${states}, joined by commas.`)),
      )

const readUser = (text: string | undefined): E.Either<UsageMistake, UserId | null> =>
  text === undefined
    ? E.right(null)
    : pipe(
        UserId.decode(text),
        E.mapLeft(() => usageMistake('--user takes a GUID.')),
      )
