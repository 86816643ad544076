import { FailureReason, RemovalRequestId, type RemovalState } from '@lethe/domain'
import { DateTime, type Denial, type RemovalRequestResource } from '@lethe/api-contract'
import { type Command, Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { progressOf } from '../bulk/progress.js'
import { confirm } from '../confirm.js'
import { type ClientRefusal, type Refusal, type UsageMistake, usageMistake } from '../refusal.js'
import { removalRequestResource } from '../resources/removal-request.js'
import type { Session } from '../session.js'
import { tryEach } from '../several.js'
import { showRequests } from '../show-requests.js'
import { type CommandDefinition, noOptions } from './command-definition.js'
import {
  addClosingOptions,
  addDenialOptions,
  ClosingOptions,
  DenialOptions,
  readClosing,
  readDenial,
} from './denial-options.js'
import { readId, readIds, readOptions } from './given-values.js'
import { addFilterOptions, FilterOptions, readFilter, type RequestFilter } from './request-filter.js'

const exampleId = '0199a0b0-0000-7000-8000-000000000001'
const exampleBatch = '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00'

/** `lethe requests approve` */
export const approveRequests: CommandDefinition = {
  name: 'approve',
  description: 'Approve removal requests. Their submitters may not, and guests may not.',
  operands: '<id...>',
  examples: [`lethe requests approve ${exampleId}`],
  addOptions: noOptions,
  prepare: ({ operands }) =>
    pipe(
      readIds(RemovalRequestId, 'id')(operands),
      E.map(ids => session => actOnIds(session, ids, id => session.lethe.act(id, 'approve'))),
    ),
}

const Choice = t.intersection([
  FilterOptions,
  t.partial({ reason: FailureReason, dryRun: t.boolean, force: t.boolean }),
])

/** The requests that are meant: those that were named, or those that a filter chooses. */
type Chosen =
  | { readonly kind: 'ids'; readonly ids: ReadonlyArray<RemovalRequestId> }
  | {
      readonly kind: 'filter'
      readonly filter: RequestFilter
      /** Why they failed; null for whatever reason, or for none. */
      readonly reason: FailureReason | null
      readonly dryRun: boolean
      readonly force: boolean
    }

/** A command for requests that are named or chosen. */
interface Verb {
  readonly name: 'deny' | 'withdraw' | 'retry'
  readonly does: string
  /** In which it can be done: those that are looked for where no state is named. */
  readonly states: ReadonlyArray<RemovalState>
}

const notesOf = ({ name, states }: Verb): string => `
Name the requests, or choose them with --state, --batch, --user, --due-before${name === 'deny' ? '' : ' or --reason'}: of the
others those are meant that are ${states.join(', ')}.
It counts what it has chosen and asks; with --dry-run it only shows them.
`

const addChoice = (command: Command, { name, states }: Verb): Command => {
  const chosen = addFilterOptions(command, `those in these states (default: ${states.join(',')})`)
  const withReason =
    name === 'deny'
      ? chosen
      : chosen.addOption(
          new Option('--reason <reason>', 'only those that failed for this reason').choices(
            Object.keys(FailureReason.keys),
          ),
        )
  return withReason
    .option('--dry-run', `show what is chosen, and ${name} nothing`)
    .option('--force', 'do not ask for confirmation')
}

const readChoice = (
  operands: ReadonlyArray<string>,
  given: t.TypeOf<typeof Choice>,
): E.Either<UsageMistake, Chosen> => {
  const { state, user, batch, dueBefore, reason, dryRun, force } = given
  const isFiltered = [state, user, batch, dueBefore, reason].some(option => option !== undefined)
  if (operands.length > 0)
    return isFiltered || dryRun !== undefined
      ? E.left(usageMistake('Name ids, or choose with options, and not both.'))
      : pipe(
          readIds(RemovalRequestId, 'id')(operands),
          E.map(ids => ({ kind: 'ids', ids })),
        )
  if (!isFiltered)
    return E.left(usageMistake('Name ids, or choose with --state, --batch, --user or --due-before.'))
  return pipe(
    readFilter(given),
    E.map(filter => ({
      kind: 'filter',
      filter,
      reason: reason ?? null,
      dryRun: dryRun === true,
      force: force === true,
    })),
  )
}

type Act = (id: RemovalRequestId) => TE.TaskEither<ClientRefusal, RemovalRequestResource>

const perform = (session: Session, verb: Verb, chosen: Chosen, act: Act): TE.TaskEither<Refusal, void> => {
  switch (chosen.kind) {
    case 'ids':
      return actOnIds(session, chosen.ids, act)
    case 'filter':
      return actOnChosen(session, verb, chosen, act)
  }
}

const actOnIds = (
  { output }: Session,
  ids: ReadonlyArray<RemovalRequestId>,
  act: Act,
): TE.TaskEither<Refusal, void> =>
  pipe(
    TE.fromTask(tryEach(ids.map(id => ({ subject: `request ${id}`, run: act(id) })))),
    TE.flatMap(({ done, refusals }) => showRequests(output, ids.length, done, refusals)),
  )

const actOnChosen =
  (
    session: Session,
    verb: Verb,
    { filter, reason, dryRun, force }: Extract<Chosen, { readonly kind: 'filter' }>,
    act: Act,
  ): TE.TaskEither<Refusal, void> =>
  async () => {
    const { io, lethe, output, say, during } = session
    const chosen: Array<RemovalRequestResource> = []
    const states = filter.states ?? verb.states
    const read = await lethe.requests(
      { state: states, ...filter.conditions },
      null,
    )(requests => {
      chosen.push(...requests.filter(({ failure }) => reason === null || failure?.reason === reason))
      return TE.right(undefined)
    })()
    if (E.isLeft(read)) return read
    if (chosen.length === 0) {
      await say('nothing found.')
      return E.right(undefined)
    }
    if (dryRun) {
      await say(`${verb.does} ${chosen.length} requests.`)
      return showRequests(output, Number.POSITIVE_INFINITY, chosen, [])()
    }
    if (!force) {
      const confirmed = await confirm(io)(questionOf(verb, chosen))()
      if (E.isLeft(confirmed)) return confirmed
    }
    const progress = progressOf(chosen.length, 0, io.now)
    const counted = (id: RemovalRequestId) =>
      pipe(
        act(id),
        TE.tapIO(() => () => progress.advance(1)),
      )
    const { done, refusals } = await during(
      progress.line,
      tryEach(chosen.map(({ id }) => ({ subject: `request ${id}`, run: counted(id) }))),
    )
    return showRequests(output, Number.POSITIVE_INFINITY, done, refusals)()
  }

const mostNamed = 10

const questionOf = ({ does }: Verb, chosen: ReadonlyArray<RemovalRequestResource>): ReadonlyArray<string> => [
  `${does} ${chosen.length} requests:`,
  ...chosen
    .slice(0, mostNamed)
    .map(({ id, state, userId, failure }) =>
      `  ${id}  ${userId ?? 'erased'}  ${state}  ${failure?.reason ?? ''}`.trimEnd(),
    ),
  ...(chosen.length > mostNamed ? [`  and ${chosen.length - mostNamed} more`] : []),
  'Go on?',
]

const denying: Verb = { name: 'deny', does: 'This denies', states: ['pendingApproval'] }
const DenyOptions = t.exact(t.intersection([DenialOptions, Choice]))

/** `lethe requests deny` */
export const denyRequests: CommandDefinition = {
  name: 'deny',
  description: 'Deny removal requests, with the reason.',
  operands: '[id...]',
  examples: [
    `lethe requests deny ${exampleId} --code legalClaims`,
    `lethe requests deny ${exampleId} --code other --note "Asked by mistake, says the person."`,
    'lethe requests deny --user c228b2ae-c4fb-4eda-9620-7e73dddd1cac --code identityNotVerified',
  ],
  notes: notesOf(denying),
  addOptions: command => addChoice(addDenialOptions(command), denying),
  prepare: ({ operands, options }) =>
    pipe(
      readOptions(DenyOptions)(options),
      E.bindTo('given'),
      E.bind('denial', ({ given }): E.Either<UsageMistake, Denial> => readDenial(given)),
      E.bind('chosen', ({ given }) => readChoice(operands, given)),
      E.map(
        ({ denial, chosen }) =>
          session =>
            perform(session, denying, chosen, id =>
              pipe(
                session.lethe.deny(id, denial),
                TE.tapTask(request => () => sayKept(session.say, request, denial)),
              ),
            ),
      ),
    ),
}

/** A repeat changes nothing: the note that came with it is not recorded where there was another one, or none, before. */
const sayKept = async (
  say: Session['say'],
  { id, denial, abandonment }: RemovalRequestResource,
  { note }: Pick<Denial, 'note'>,
): Promise<void> => {
  const kept = denial?.note ?? abandonment?.note
  const at = denial?.deniedDateTime ?? abandonment?.abandonedDateTime
  if (note === undefined || note === kept || at === undefined) return
  const done = denial === null ? 'closed' : 'denied'
  await say(
    `request ${id} was ${done} before, ${DateTime.encode(at)}: what was recorded then is kept, and not this note.`,
  )
}

const acting = (
  verb: Verb & { readonly name: 'withdraw' | 'retry' },
  description: string,
  examples: ReadonlyArray<string>,
): CommandDefinition => ({
  name: verb.name,
  description,
  operands: '[id...]',
  examples: [`lethe requests ${verb.name} ${exampleId}`, ...examples],
  notes: notesOf(verb),
  addOptions: command => addChoice(command, verb),
  prepare: ({ operands, options }) =>
    pipe(
      readOptions(t.exact(Choice))(options),
      E.flatMap(given => readChoice(operands, given)),
      E.map(chosen => session => perform(session, verb, chosen, id => session.lethe.act(id, verb.name))),
    ),
})

/** `lethe requests withdraw` */
export const withdrawRequests = acting(
  { name: 'withdraw', does: 'This withdraws', states: ['pendingApproval', 'approved', 'failed'] },
  'Withdraw removal requests for which no data holder was called.',
  [`lethe requests withdraw --batch ${exampleBatch} --dry-run`],
)

/** `lethe requests retry` */
export const retryRequests = acting(
  { name: 'retry', does: 'This retries', states: ['failed'] },
  'Resume failed removals with the data holders that are not done yet.',
  [
    'lethe requests retry --state failed --reason signInRequired',
    `lethe requests retry --batch ${exampleBatch}`,
  ],
)

/** `lethe requests close` */
export const closeRequest: CommandDefinition = {
  name: 'close',
  description: 'End a failed removal request that will not be retried, with the reason.',
  operands: '<id>',
  examples: [
    `lethe requests close ${exampleId} --code handledManually`,
    `lethe requests close ${exampleId} --code other --note "Ticket 4711."`,
  ],
  notes: `
It is for requests that failed after a data holder was called: data may have been removed. Each
holder is looked at once more, and the request ends abandoned. One that failed before any holder
was called is withdrawn instead.
`,
  addOptions: addClosingOptions,
  prepare: ({ operands, options }) =>
    pipe(
      readId(RemovalRequestId, 'id')(operands),
      E.bindTo('id'),
      E.bind('closing', () => pipe(readOptions(t.exact(ClosingOptions))(options), E.flatMap(readClosing))),
      E.map(
        ({ id, closing }) =>
          ({ lethe, output, say }) =>
            pipe(
              lethe.close(id, closing),
              TE.tapTask(request => () => sayKept(say, request, closing)),
              TE.flatMap(request => output.one(removalRequestResource, request)),
            ),
      ),
    ),
}
