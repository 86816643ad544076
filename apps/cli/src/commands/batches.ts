import type { BatchResource } from '@lethe/api-contract'
import { BatchId, Hash, type RemovalState } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DecidedSoFar, decideWholeBatch } from '../bulk/decide-whole-batch.js'
import { confirm } from '../confirm.js'
import { type Refusal, type UsageMistake, usageMistake } from '../refusal.js'
import { batchDecidedResource, batchResource } from '../resources/batch.js'
import type { Session } from '../session.js'
import { type CommandDefinition, noOptions } from './command-definition.js'
import { addDenialOptions, DenialOptions, readDenial } from './denial-options.js'
import { readId, readOptions } from './given-values.js'

const exampleId = '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00'

/** `lethe batches show` */
export const showBatch: CommandDefinition = {
  name: 'show',
  description: 'Show what a batch holds: how many, in which states, where from, and a sample.',
  operands: '<batchId>',
  examples: [`lethe batches show ${exampleId}`, `lethe batches show ${exampleId} --query digest`],
  addOptions: noOptions,
  prepare: ({ operands }) =>
    pipe(
      readId(BatchId, 'batchId')(operands),
      E.map(
        id =>
          ({ lethe, output }) =>
            pipe(
              lethe.batchOf(id),
              TE.flatMap(batch => output.one(batchResource, batch)),
            ),
      ),
    ),
}

const Options = t.partial({ digest: t.string, force: t.boolean })
const DenyOptions = t.exact(t.intersection([Options, DenialOptions]))

const decisionNotes = `
It shows the batch and asks. Without a terminal say which batch you have looked at: --digest takes
what lethe batches show gives. A batch that requests were added to since is not decided, and the
exit code is 1; so it is where nothing waits, unless you decided it. The first decision closes the
batch: nothing is added to it any more.
`

/** `lethe batches approve` */
export const approveBatch: CommandDefinition = {
  name: 'approve',
  description: 'Approve all requests of a batch that wait for it. Submitters may not, and guests may not.',
  operands: '<batchId>',
  examples: [`lethe batches approve ${exampleId}`],
  notes: decisionNotes,
  addOptions: command =>
    command
      .option('--digest <digest>', 'approve without asking, if the batch still has this digest')
      .option('--force', 'approve without asking, whatever is in it'),
  prepare: ({ operands, options }) =>
    pipe(
      readId(BatchId, 'batchId')(operands),
      E.bindTo('id'),
      E.bind('given', () => readOptions(t.exact(Options))(options)),
      E.bind('digest', ({ given }) => readDigest(given.digest)),
      E.map(
        ({ id, digest, given }) =>
          session =>
            decide(session, { id, digest, force: given.force === true, verb: 'approve' }, batch =>
              decideWholeBatch(session, id, pendingIn(batch), after =>
                session.lethe.approveBatch(id, {
                  digest: batch.digest,
                  ...(after === null ? {} : { after }),
                }),
              ),
            ),
      ),
    ),
}

/** `lethe batches deny` */
export const denyBatch: CommandDefinition = {
  name: 'deny',
  description: 'Deny all requests of a batch that wait for approval, with the reason.',
  operands: '<batchId>',
  examples: [`lethe batches deny ${exampleId} --code identityNotVerified`],
  notes: decisionNotes,
  addOptions: command =>
    addDenialOptions(command)
      .option('--digest <digest>', 'deny without asking, if the batch still has this digest')
      .option('--force', 'deny without asking, whatever is in it'),
  prepare: ({ operands, options }) =>
    pipe(
      readId(BatchId, 'batchId')(operands),
      E.bindTo('id'),
      E.bind('given', () => readOptions(DenyOptions)(options)),
      E.bind('denial', ({ given }) => readDenial(given)),
      E.bind('digest', ({ given }) => readDigest(given.digest)),
      E.map(
        ({ id, digest, denial, given: { force } }) =>
          session =>
            decide(session, { id, digest, force: force === true, verb: 'deny' }, batch =>
              decideWholeBatch(session, id, pendingIn(batch), after =>
                session.lethe.denyBatch(id, {
                  ...denial,
                  digest: batch.digest,
                  ...(after === null ? {} : { after }),
                }),
              ),
            ),
      ),
    ),
}

const acting = (
  name: 'retry' | 'withdraw',
  description: string,
  does: string,
  states: ReadonlyArray<RemovalState>,
): CommandDefinition => ({
  name,
  description,
  operands: '<batchId>',
  examples: [`lethe batches ${name} ${exampleId}`],
  notes: `
It shows how many there are, and asks. With --dry-run it only shows the batch. Repeating is safe: a
run that was stopped goes on with the same command.
`,
  addOptions: command =>
    command
      .option('--dry-run', `show the batch, and ${name} nothing`)
      .option('--force', `${name} without asking`),
  prepare: ({ operands, options }) =>
    pipe(
      readId(BatchId, 'batchId')(operands),
      E.bindTo('id'),
      E.bind('given', () => readOptions(ActingOptions)(options)),
      E.map(
        ({ id, given: { dryRun, force } }) =>
          session =>
            actOnWhole(session, {
              id,
              verb: name,
              does,
              states,
              dryRun: dryRun === true,
              force: force === true,
            }),
      ),
    ),
})

const ActingOptions = t.exact(t.partial({ dryRun: t.boolean, force: t.boolean }))

/** `lethe batches retry` */
export const retryBatch = acting('retry', 'Retry all requests of a batch that failed.', 'This retries', [
  'failed',
])

/** `lethe batches withdraw` */
export const withdrawBatch = acting(
  'withdraw',
  'Withdraw all requests of a batch that are not under way: yours, or all where you may.',
  'This withdraws',
  ['pendingApproval', 'approved', 'failed'],
)

interface Whole {
  readonly id: BatchId
  readonly verb: 'retry' | 'withdraw'
  readonly does: string
  readonly states: ReadonlyArray<RemovalState>
  readonly dryRun: boolean
  readonly force: boolean
}

const actOnWhole =
  (session: Session, { id, verb, does, states, dryRun, force }: Whole): TE.TaskEither<Refusal, void> =>
  async () => {
    const batch = await session.lethe.batchOf(id)()
    if (E.isLeft(batch)) return batch
    const count = countIn(batch.right, states)
    const what = `${does} ${count} of the ${batch.right.count} requests of batch ${id}`
    if (dryRun) {
      await session.say(`${what}.`)
      return session.output.one(batchResource, batch.right)()
    }
    if (count > 0 && !force) {
      const confirmed = await confirm(session.io)([`${what}. Go on?`])()
      if (E.isLeft(confirmed)) return confirmed
    }
    return showDecided(
      session,
      await decideWholeBatch(session, id, count, after => {
        const from = after === null ? {} : { after }
        return verb === 'retry' ? session.lethe.retryBatch(id, from) : session.lethe.withdrawBatch(id, from)
      }),
    )
  }

const readDigest = (text: string | undefined): E.Either<UsageMistake, Hash | null> =>
  text === undefined
    ? E.right(null)
    : pipe(
        Hash.decode(text),
        E.mapLeft(() => usageMistake('--digest takes the 64 hexadecimal digits of lethe batches show.')),
      )

interface Decision {
  readonly id: BatchId
  readonly digest: Hash | null
  readonly force: boolean
  readonly verb: 'approve' | 'deny'
}

const countIn = (batch: BatchResource, states: ReadonlyArray<RemovalState>): number =>
  batch.states.reduce((sum, { state, count }) => (states.some(one => one === state) ? sum + count : sum), 0)

const pendingIn = (batch: BatchResource): number => countIn(batch, ['pendingApproval'])

/** Looks at the batch, makes sure that this very one is meant, decides it, and shows what came of it. */
const decide =
  (
    session: Session,
    { id, digest, force, verb }: Decision,
    decideAll: (batch: BatchResource) => Promise<DecidedSoFar>,
  ): TE.TaskEither<Refusal, void> =>
  async () => {
    const batch = await session.lethe.batchOf(id)()
    if (E.isLeft(batch)) return batch
    if (digest !== null && digest !== batch.right.digest) return E.left({ _tag: 'BatchIsOther' })
    if (pendingIn(batch.right) === 0) await session.say(nothingWaitsIn(batch.right))
    else if (digest === null && !force) {
      const confirmed = await confirm(session.io, withoutTerminal)(questionOf(batch.right, verb))()
      if (E.isLeft(confirmed)) return confirmed
    }
    return showDecided(session, await decideAll(batch.right))
  }

const showDecided = async (
  session: Session,
  { decided, refusal }: DecidedSoFar,
): Promise<E.Either<Refusal, void>> => {
  if (refusal !== null && decided.decided === 0) return E.left(refusal)
  const shown = await session.output.one(batchDecidedResource, decided)()
  if (refusal !== null) {
    await session.say(`${decided.decided} are done. The same command goes on with the others.`)
    return E.left(refusal)
  }
  return decided.refused.length === 0 ? shown : E.left({ _tag: 'NotAllDecided', reasons: decided.refused })
}

const withoutTerminal =
  'look at the batch with lethe batches show, and give its digest with --digest; --force decides it whatever it holds'

const nothingWaitsIn = ({ states }: BatchResource): string =>
  `nothing of the batch waits for approval (${states.map(({ state, count }) => `${count} ${state}`).join(', ')}).`

const questionOf = (batch: BatchResource, verb: Decision['verb']): ReadonlyArray<string> => [
  `Batch ${batch.id}: ${batch.count} requests, of which ${pendingIn(batch)} wait for approval.`,
  ...batch.homeTenants.map(({ tenantId, count }) => `  ${count} from the home tenant ${tenantId}`),
  ...(batch.homeTenantCount > batch.homeTenants.length
    ? [`  and others from ${batch.homeTenantCount - batch.homeTenants.length} more`]
    : []),
  'Some of the people:',
  ...batch.sample.map(({ userId, state }) => `  ${userId ?? 'erased'}  ${state}`),
  verb === 'approve'
    ? 'What is approved is removed, and cannot be brought back. Approve all of it?'
    : 'Deny all of it?',
]
