import { UserId } from '@lethe/domain'
import { parseFilter, type ProfileFilter } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { addTenantOption, graphNotes, TenantOption } from '../graph/tenant-option.js'
import { withTenant } from '../graph/with-tenant.js'
import { type Refusal, type UsageMistake, usageMistake } from '../refusal.js'
import { profileResource } from '../resources/profile.js'
import type { CommandDefinition } from './command-definition.js'
import { readId, readOptions, readWhole } from './given-values.js'
import { listNotes, showPages } from './show-pages.js'

const ListOptions = t.exact(t.intersection([TenantOption, t.partial({ filter: t.string, limit: t.string })]))

/** `lethe graph profiles list` */
export const listGraphProfiles: CommandDefinition = {
  name: 'list',
  description: 'List the inbound shared user profiles of a tenant, straight from Microsoft Graph.',
  operands: '',
  examples: [
    'lethe graph profiles list --tenant 7b0c2f3e-1a5d-4c8e-9f62-3d4e5a6b7c81 --limit 10',
    `lethe graph profiles list --filter "homeTenantId eq '486fb458-9474-4c44-896b-b30942d055f0'" -o csv`,
  ],
  notes: `${listNotes}${graphNotes}`,
  addOptions: command =>
    addTenantOption(command)
      .option(
        '--filter <odata>',
        "an OData filter: userId, homeTenantId or userPrincipalName eq '…', joined by and",
      )
      .option('--limit <n>', 'at most so many profiles (default: all)'),
  prepareLocally: ({ options }) =>
    pipe(
      readOptions(ListOptions)(options),
      E.bindTo('given'),
      E.bind('filter', ({ given }) => readFilter(given.filter)),
      E.bind('limit', ({ given }) => readWhole('--limit', 1)(given.limit)),
      E.map(
        ({ given, filter, limit }) =>
          session =>
            withTenant(
              session,
              given.tenant ?? null,
              'list',
            )(({ standalone, tenant }) =>
              showPages(
                session,
                profileResource,
                standalone.readProfiles(tenant, session.io.sleep)(filter, limit),
              ),
            ),
      ),
    ),
}

const readFilter = (text: string | undefined): E.Either<UsageMistake, ProfileFilter> =>
  text === undefined
    ? E.right([])
    : pipe(
        parseFilter(text),
        E.fromOption(() =>
          usageMistake(
            "--filter takes userId, homeTenantId or userPrincipalName eq '…', joined by and; ids are GUIDs.",
          ),
        ),
      )

/** `lethe graph profiles show` */
export const showGraphProfile: CommandDefinition = {
  name: 'show',
  description: 'Show one inbound shared user profile, straight from Microsoft Graph.',
  operands: '<userId>',
  examples: ['lethe graph profiles show c228b2ae-c4fb-4eda-9620-7e73dddd1cac'],
  notes: graphNotes,
  addOptions: addTenantOption,
  prepareLocally: ({ operands, options }) =>
    pipe(
      readOptions(t.exact(TenantOption))(options),
      E.bindTo('given'),
      E.bind('userId', () => readId(UserId, 'userId')(operands)),
      E.map(
        ({ given, userId }) =>
          session =>
            withTenant(
              session,
              given.tenant ?? null,
              'one',
            )(({ standalone, tenant }) =>
              pipe(
                standalone.readProfile(tenant)(userId),
                TE.flatMap(TE.fromOption((): Refusal => ({ _tag: 'GraphProfileNotFound' }))),
                TE.flatMap(profile => session.output.one(profileResource, profile)),
              ),
            ),
      ),
    ),
}
