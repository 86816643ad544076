import { longestNote } from '@lethe/api-contract'
import { UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { breakGlass } from '../graph/break-glass.js'
import { addTenantOption, graphNotes, TenantOption } from '../graph/tenant-option.js'
import { type UsageMistake, usageMistake } from '../refusal.js'
import { defaultWaitSeconds } from '../wait-option.js'
import type { CommandDefinition } from './command-definition.js'
import { readId, readOptions, readWhole } from './given-values.js'

const Options = t.exact(
  t.intersection([
    TenantOption,
    t.partial({ breakGlass: t.boolean, reason: t.string, confirm: t.string, wait: t.string }),
  ]),
)

const exampleId = 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac'

/** `lethe graph remove` */
export const removeFromGraph: CommandDefinition = {
  name: 'remove',
  description:
    'Remove all personal data of one inbound shared user at once, with no server and nobody to approve.',
  operands: '<userId>',
  examples: [
    `lethe graph remove ${exampleId} --break-glass --reason "Ticket 4711"`,
    `lethe graph remove ${exampleId} --break-glass --reason "Ticket 4711" --confirm ${exampleId}`,
  ],
  notes: `
Each step is in a history on this machine before the next. Run the same command again after Ctrl-C,
a crash or a lost connection: it looks at the profile first, and completes what is open.
${graphNotes}`,
  addOptions: command =>
    addTenantOption(command)
      .option('--break-glass', 'needed: no second person is asked')
      .option('--reason <text>', 'needed: why, in your words; kept on this machine, and erasable')
      .option('--confirm <userId>', 'the same userId once more, where there is no terminal to type it at')
      .option(
        '--wait [=seconds]',
        `how long to look whether the profile is gone (default: ${defaultWaitSeconds})`,
      ),
  prepareLocally: ({ operands, options }) =>
    pipe(
      readOptions(Options)(options),
      E.bindTo('given'),
      E.bind('userId', () => readId(UserId, 'userId')(operands)),
      E.tap(({ given }) => (given.breakGlass === true ? E.right(undefined) : E.left(glassIsWhole))),
      E.bind('reason', ({ given }) => readReason(given.reason)),
      E.bind('confirmed', ({ given, userId }) => readConfirm(given.confirm, userId)),
      E.bind('wait', ({ given }) => readWhole('--wait', 0)(given.wait)),
      E.map(({ given, wait, ...removal }) =>
        breakGlass({ ...removal, tenant: given.tenant ?? null, seconds: wait ?? defaultWaitSeconds }),
      ),
    ),
}

const glassIsWhole = usageMistake(
  'This removes at once, and nobody else is asked: say so with --break-glass. Where a second person is to approve, ask a server of Lethe: lethe remove.',
)

const readReason = (text: string | undefined): E.Either<UsageMistake, string> => {
  const reason = (text ?? '').trim()
  return reason !== '' && reason.length <= longestNote
    ? E.right(reason)
    : E.left(usageMistake(`--reason is needed: why, in at most ${longestNote} characters.`))
}

const readConfirm = (text: string | undefined, userId: UserId): E.Either<UsageMistake, boolean> => {
  if (text === undefined) return E.right(false)
  const confirmed = UserId.decode(text)
  return E.isRight(confirmed) && confirmed.right === userId
    ? E.right(true)
    : E.left(usageMistake('--confirm gives another userId than the command: nothing was done.'))
}
