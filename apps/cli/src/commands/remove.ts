import { DateTime, type NewRemovalRequest } from '@lethe/api-contract'
import { BatchId, instantFromMilliseconds, isLongAgo, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { confirm } from '../confirm.js'
import { type Refusal, type UsageMistake, usageMistake } from '../refusal.js'
import { readColumn } from '../bulk/column.js'
import type { FileRemoval } from '../bulk/file-removal.js'
import type { Perform, Session } from '../session.js'
import { tryEach } from '../several.js'
import { showRequests } from '../show-requests.js'
import { type Awaited, waitForAll } from '../wait.js'
import { defaultWaitSeconds } from '../wait-option.js'
import type { CommandDefinition } from './command-definition.js'
import { readDate, readGuid, readIds, readOptions, readWhole } from './given-values.js'

const Options = t.exact(
  t.partial({
    received: t.string,
    confirmReceived: t.boolean,
    wait: t.string,
    force: t.boolean,
    file: t.string,
    column: t.string,
    batch: t.string,
    results: t.string,
    dryRun: t.boolean,
  }),
)
type Options = t.TypeOf<typeof Options>

/** What is sent of when the person asked; nothing for now. */
type Receipt = Pick<NewRemovalRequest, 'receivedDateTime' | 'receivedConfirmed'>

interface Removal {
  readonly userIds: ReadonlyArray<UserId>
  readonly received: Receipt
  /** How many seconds to wait; null for not at all. */
  readonly wait: number | null
  readonly force: boolean
}

/** `lethe remove` */
export const remove: CommandDefinition = {
  name: 'remove',
  description: 'Ask for the removal of all personal data of inbound shared users from the tenant.',
  operands: '[userId...]',
  examples: [
    'lethe remove c228b2ae-c4fb-4eda-9620-7e73dddd1cac --received 2026-11-20',
    'lethe remove c228b2ae-c4fb-4eda-9620-7e73dddd1cac --force --wait=600 --query state',
    'lethe remove --file people.csv --column userPrincipalName --dry-run',
    'lethe remove --file people.csv --received 2026-11-20',
  ],
  notes: `
With --file the ids, or user principal names, of any number of people come from a CSV. They become a
batch, which an approver decides as one (lethe batches). What becomes of each is written to a file
that only you can read, and from which the same command goes on after Ctrl-C or a lost connection:
nobody is asked for twice.

The summary counts rows; requests is how many requests the batch holds, which is fewer where
somebody stands in the file twice. Somebody who has an open request already (joined) keeps that one:
it is in this batch, too, and is decided with it.

Once an approver has decided a batch it is closed. What is left of the file goes on under a new
batch id, which is said on stderr and kept in the file of results.

With --dry-run nothing is asked for: it counts who would be (found), has an open request
(alreadyOpen), is unknown (notFound), or is a user of your own tenant (notInbound). With --results
it writes who is what, into a file that is not there yet.

What comes through a pipe (--file -) needs --force; its results are in lethe-<batchId>.csv.
`,
  addOptions: command =>
    command
      .option('--received <date>', 'the day on which the person asked, YYYY-MM-DD in UTC (default: now)')
      .option('--confirm-received', 'with --received: a day over a year ago is right')
      .option(
        '--wait [=seconds]',
        `wait until each request has ended, so many seconds at most (--wait alone: ${defaultWaitSeconds})`,
      )
      .option('--force', 'do not ask for confirmation')
      .option('--file <path>', 'take the ids from a CSV; - for stdin')
      .option('--column <name|n>', 'the column with the ids, by its name or its position from 1')
      .option('--batch <batchId>', 'the id of the batch (default: a new one)')
      .option('--results <path>', 'where to write what becomes of each id (default: <path>.results.csv)')
      .option('--dry-run', 'with --file: say what would happen, and ask for nothing'),
  prepare: ({ operands, options, now }) =>
    pipe(
      readOptions(Options)(options),
      E.bindTo('given'),
      E.bind('userIds', ({ given }) => readOperands(operands, given)),
      E.bind('received', ({ given }) => readReceived(given, now)),
      E.bind('wait', ({ given }) => readWhole('--wait', 1)(given.wait)),
      E.bind('batch', ({ given }) => readGuid(BatchId, '--batch')(given.batch)),
      E.map(({ given, batch, ...removal }): Perform =>
        given.file === undefined
          ? performRemove({ ...removal, force: given.force === true })
          : fromFile({
              file: given.file,
              column: readColumn(given.column),
              batch,
              results: given.results ?? null,
              receipt: removal.received,
              dryRun: given.dryRun === true,
              force: given.force === true,
            }),
      ),
    ),
}

/** What reads files is loaded where there is one: every start of the program would pay for it. */
const fromFile =
  (removal: FileRemoval): Perform =>
  session =>
  async () => {
    const { removeFile } = await import('../bulk/remove-file.js')
    return removeFile(removal)(session)()
  }

/** The ids are operands, or in a file. */
const readOperands = (
  operands: ReadonlyArray<string>,
  { file, column, batch, results, dryRun, wait }: Options,
): E.Either<UsageMistake, ReadonlyArray<UserId>> => {
  if (file === undefined) {
    if (operands.length === 0) return E.left(usageMistake('Name who is to be removed: userIds, or --file.'))
    return [column, batch, results, dryRun].some(option => option !== undefined)
      ? E.left(usageMistake('--column, --batch, --results and --dry-run go with --file.'))
      : readIds(UserId, 'userId')(operands)
  }
  if (operands.length > 0) return E.left(usageMistake('Name userIds, or --file, and not both.'))
  if (file === '') return E.left(usageMistake('--file takes the path of a file, or - for stdin.'))
  return wait === undefined
    ? E.right([])
    : E.left(usageMistake('--wait is for single ids. Follow a batch with lethe requests watch --batch.'))
}

const readReceived = (
  { received, confirmReceived }: Options,
  now: number,
): E.Either<UsageMistake, Receipt> => {
  const today = instantFromMilliseconds(now)
  return pipe(
    readDate('--received')(received),
    E.flatMap(receivedDateTime => {
      if (receivedDateTime === null)
        return confirmReceived === true
          ? E.left(usageMistake('--confirm-received goes with --received.'))
          : E.right({})
      if (receivedDateTime > today)
        return E.left(
          usageMistake('--received is a day that has not begun yet in UTC: nobody has asked then.'),
        )
      if (confirmReceived === true) return E.right({ receivedDateTime, receivedConfirmed: true })
      return isLongAgo(receivedDateTime, today)
        ? E.left(
            usageMistake(
              `--received: ${received} is over a year ago. Check the date. If it is right, add --confirm-received.`,
            ),
          )
        : E.right({ receivedDateTime })
    }),
  )
}

const performRemove =
  (removal: Removal) =>
  (session: Session): TE.TaskEither<Refusal, void> =>
    pipe(
      removal.force ? TE.right(undefined) : confirm(session.io)(questionOf(session, removal.userIds)),
      TE.flatMap(() => TE.fromTask(() => submitAll(session, removal))),
      TE.flatMap(({ awaited, refusals }) =>
        showRequests(
          session.output,
          removal.userIds.length,
          awaited.map(({ request }) => request),
          refusals,
        ),
      ),
    )

const submitAll = async (session: Session, { userIds, received, wait }: Removal) => {
  const submitted = await tryEach(
    userIds.map((userId, index) => {
      const subject = `userId ${index + 1} of ${userIds.length}`
      return { subject, run: submit(session, subject, { userId, ...received }) }
    }),
  )()
  if (wait === null || submitted.done.length === 0 || session.io.interrupted.aborted)
    return { awaited: submitted.done, refusals: submitted.refusals }
  const waited = await waitForAll(session)(submitted.done, wait)
  return { ...waited, refusals: [...submitted.refusals, ...waited.refusals] }
}

const submit = ({ lethe, say }: Session, subject: string, input: NewRemovalRequest) =>
  pipe(
    lethe.submit(input),
    TE.tapTask(({ status, value }) => async () => {
      // The earliest receipt counts, and says when the request is due: whether that is the one given here is worth a look.
      if (status === 200 && value.receivedDateTime !== null)
        await say(
          `request ${value.id} was open already, received ${DateTime.encode(value.receivedDateTime)}: joined.`,
        )
    }),
    TE.map(({ value }): Awaited => ({ subject, request: value })),
  )

const mostNamed = 10

const questionOf = ({ server, token }: Session, userIds: ReadonlyArray<UserId>): ReadonlyArray<string> => [
  `This asks ${server} to remove all personal data of`,
  ...userIds.slice(0, mostNamed).map(userId => `  ${userId}`),
  ...(userIds.length > mostNamed ? [`  and ${userIds.length - mostNamed} more`] : []),
  `from the tenant ${token.tenantId ?? 'of your token'}. What is removed cannot be brought back. Go on?`,
]
