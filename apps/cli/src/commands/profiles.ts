import { UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { profileResource } from '../resources/profile.js'
import { type CommandDefinition, noOptions } from './command-definition.js'
import { readId, readOptions, readWhole } from './given-values.js'
import { listNotes, showPages } from './show-pages.js'

const ListOptions = t.exact(t.partial({ filter: t.string, limit: t.string }))

/** `lethe profiles list` */
export const listProfiles: CommandDefinition = {
  name: 'list',
  description: 'List the inbound shared user profiles of the tenant.',
  operands: '',
  examples: [
    'lethe profiles list --limit 10',
    `lethe profiles list --filter "homeTenantId eq '486fb458-9474-4c44-896b-b30942d055f0'" -o csv`,
  ],
  notes: listNotes,
  addOptions: command =>
    command
      .option(
        '--filter <odata>',
        "an OData filter: userId, homeTenantId or userPrincipalName eq '…', joined by and",
      )
      .option('--limit <n>', 'at most so many profiles (default: all)'),
  prepare: ({ options }) =>
    pipe(
      readOptions(ListOptions)(options),
      E.bindTo('given'),
      E.bind('limit', ({ given }) => readWhole('--limit', 1)(given.limit)),
      E.map(
        ({ given, limit }) =>
          session =>
            showPages(session, profileResource, session.lethe.profiles(given.filter ?? null, limit)),
      ),
    ),
}

/** `lethe profiles show` */
export const showProfile: CommandDefinition = {
  name: 'show',
  description: 'Show one inbound shared user profile.',
  operands: '<userId>',
  examples: ['lethe profiles show c228b2ae-c4fb-4eda-9620-7e73dddd1cac'],
  addOptions: noOptions,
  prepare: ({ operands }) =>
    pipe(
      readId(UserId, 'userId')(operands),
      E.map(
        userId =>
          ({ lethe, output }) =>
            pipe(
              lethe.profile(userId),
              TE.flatMap(profile => output.one(profileResource, profile)),
            ),
      ),
    ),
}
