import { UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { type AskedHistory, showLocalHistory } from '../graph/show-local-history.js'
import { addTenantOption, TenantOption } from '../graph/tenant-option.js'
import { usageMistake } from '../refusal.js'
import type { CommandDefinition } from './command-definition.js'
import { readGuid, readOptions } from './given-values.js'

const Options = t.exact(t.intersection([TenantOption, t.partial({ user: t.string, verify: t.boolean })]))

/** `lethe graph history` */
export const showGraphHistory: CommandDefinition = {
  name: 'history',
  description: 'Show what lethe graph remove did on this machine, or check that nobody changed it.',
  operands: '',
  examples: [
    'lethe graph history --tenant 7b0c2f3e-1a5d-4c8e-9f62-3d4e5a6b7c81',
    'lethe graph history --user c228b2ae-c4fb-4eda-9620-7e73dddd1cac -o csv',
    'lethe graph history --verify',
  ],
  notes: `
The history is in lethe/graph-history under XDG_STATE_HOME (default: ~/.local/state), and names
nobody. Beside it, {tenant}.erasable has a file for each removal, which you can delete: it holds the
reason, and the salt without which nobody can tell whom it was about, not even with --user.
`,
  addOptions: command =>
    addTenantOption(command)
      .option('--user <userId>', 'only what is about this person, as far as that can still be told')
      .option('--verify', 'check every entry, and end with 1 where the history is not intact'),
  prepareLocally: ({ options }) =>
    pipe(
      readOptions(Options)(options),
      E.flatMap(({ tenant, user, verify }) =>
        verify === true && user !== undefined
          ? E.left(usageMistake('--verify is about the whole history: leave out --user.'))
          : pipe(
              readGuid(UserId, '--user')(user),
              E.map((userId): AskedHistory => ({ tenant: tenant ?? null, userId, verify: verify === true })),
            ),
      ),
      E.map(showLocalHistory),
    ),
}
