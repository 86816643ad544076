import { DateTime, type NewRemovalRequest } from '@lethe/api-contract'
import { type Instant, instantFromMilliseconds, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { confirm } from '../confirm.js'
import { type Refusal, type UsageMistake, usageMistake } from '../refusal.js'
import type { Session } from '../session.js'
import { tryEach } from '../several.js'
import { showRequests } from '../show-requests.js'
import { type Awaited, waitForAll } from '../wait.js'
import { defaultWaitSeconds } from '../wait-option.js'
import type { CommandDefinition } from './command-definition.js'
import { readDate, readIds, readOptions, readWhole } from './given-values.js'

const Options = t.exact(t.partial({ received: t.string, wait: t.string, force: t.boolean }))

interface Removal {
  readonly userIds: ReadonlyArray<UserId>
  readonly received: Instant | null
  /** How many seconds to wait; null for not at all. */
  readonly wait: number | null
  readonly force: boolean
}

/** `lethe remove` */
export const remove: CommandDefinition = {
  name: 'remove',
  description: 'Ask for the removal of all personal data of inbound shared users from the tenant.',
  operands: '<userId...>',
  examples: [
    'lethe remove c228b2ae-c4fb-4eda-9620-7e73dddd1cac --received 2026-11-20',
    'lethe remove c228b2ae-c4fb-4eda-9620-7e73dddd1cac --force --wait=600 --query state',
  ],
  addOptions: command =>
    command
      .option('--received <date>', 'the day on which the person asked, YYYY-MM-DD in UTC (default: now)')
      .option(
        '--wait [=seconds]',
        `wait until each request has ended, so many seconds at most (--wait alone: ${defaultWaitSeconds})`,
      )
      .option('--force', 'do not ask for confirmation'),
  prepare: ({ operands, options, now }) =>
    pipe(
      readOptions(Options)(options),
      E.bindTo('given'),
      E.bind('userIds', () => readIds(UserId, 'userId')(operands)),
      E.bind('received', ({ given }) => readReceived(given.received, now)),
      E.bind('wait', ({ given }) => readWhole('--wait', 1)(given.wait)),
      E.map(
        ({ given, ...removal }) =>
          session =>
            performRemove({ ...removal, force: given.force === true })(session),
      ),
    ),
}

const readReceived = (text: string | undefined, now: number): E.Either<UsageMistake, Instant | null> =>
  pipe(
    readDate('--received')(text),
    E.filterOrElse(
      received => received === null || received <= instantFromMilliseconds(now),
      () => usageMistake('--received is a day that has not begun yet in UTC: nobody has asked then.'),
    ),
  )

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
      const input = received === null ? { userId } : { userId, receivedDateTime: received }
      return { subject, run: submit(session, subject, input) }
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
      // An earlier receipt than the one that counts is worth a look: the deadline does not move by itself.
      if (status === 200)
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
