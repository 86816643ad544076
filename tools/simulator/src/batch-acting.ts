import {
  approveBatch,
  type BatchProgress,
  denyBatch,
  getBatch,
  retryBatch,
  withdrawBatch,
} from '@lethe/application'
import {
  type Grant,
  isTimeUp,
  type RemovalEvent,
  type RemovalRequestId,
  type RemovalState,
  type UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { BatchDeciding } from './alterations.js'
import { actingDeps } from './acting-deps.js'
import type { Act } from './acts.js'
import { answerChecks } from './answer-checks.js'
import type { Backstage } from './backstage.js'
import { watchDecision } from './deciding.js'
import type { KnownRequest } from './known-requests.js'
import type { Strand } from './strand.js'

type Decision = Extract<Act, { readonly kind: 'approveBatch' | 'denyBatch' }>
type DecidePart = (
  deps: BatchDeciding,
  after: RemovalRequestId | null,
) => TaskEither<{ readonly _tag: string }, BatchProgress>

/** Shows somebody a batch, which they may decide from then on. */
export const previewBatch = async (
  backstage: Backstage,
  strand: Strand,
  act: Extract<Act, { readonly kind: 'preview' }>,
  grant: Grant<'getRemovalRequest'>,
): Promise<string> => {
  const { known } = backstage
  const checks = answerChecks(backstage)
  const answer = await getBatch(actingDeps(backstage, strand))({ grant, id: act.batch })()
  if (E.isLeft(answer)) return answer.left._tag
  for (const view of answer.right.sample) checks.shown(act.by, view, 1)
  const { digest } = answer.right.summary
  const members = known.membersAt(grant.tenantId, act.batch, digest)
  if (members === null)
    backstage.stage.report('batchIsExact', `${act.by.name} is shown a digest that the batch never had`)
  else backstage.batches.show({ tenantId: grant.tenantId, id: act.batch, digest, members })
  return 'done'
}

export const approveWholeBatch = (
  backstage: Backstage,
  strand: Strand,
  act: Extract<Act, { readonly kind: 'approveBatch' }>,
  grant: Grant<'approve'>,
): Promise<string> =>
  decideWhole(backstage, strand, act, (deps, after) =>
    approveBatch(deps)({ grant, id: act.shown.id, digest: act.shown.digest, after }),
  )

export const denyWholeBatch = (
  backstage: Backstage,
  strand: Strand,
  act: Extract<Act, { readonly kind: 'denyBatch' }>,
  grant: Grant<'deny'>,
): Promise<string> =>
  decideWhole(backstage, strand, act, (deps, after) =>
    denyBatch(deps)({
      grant,
      id: act.shown.id,
      digest: act.shown.digest,
      after,
      code: act.code,
      note: act.note,
    }),
  )

/** Decides a batch part by part, as a client does, until the end or a refusal. */
const decideWhole = async (
  backstage: Backstage,
  strand: Strand,
  act: Decision,
  decidePart: DecidePart,
): Promise<string> => {
  const { stage, known, batches, batchAtOnce } = backstage
  const { shown, by } = act
  const { tenantId } = by.caller
  const before = known.inBatch(tenantId, shown.id)
  let after = act.after
  let isWhole = true
  do {
    const watch = watchDecision(stage, known, { ...shown, tenantId })
    const deps = actingDeps(backstage, strand, watch)
    const part = await decidePart(
      backstage.alterDeciding({ ...deps, atOnce: batchAtOnce }, shown.digest),
      after,
    )()
    if (E.isLeft(part)) {
      watch.refused(part.left._tag)
      checkGoesOn(backstage, part.left._tag)
      if (part.left._tag === 'NothingWaits') checkNothingWaits(backstage, act, before)
      return part.left._tag
    }
    isWhole &&= part.right.refused.size === 0
    after = part.right.next
    if (after !== null) batches.pause(shown, after)
  } while (after !== null)
  if (act.after === null) checkDecided(backstage, act)
  else stage.tally.count('answers', 'batch gone on with')
  return isWhole ? 'done' : 'done in part'
}

export const retryWholeBatch = (
  backstage: Backstage,
  strand: Strand,
  act: Whole,
  grant: Grant<'retry'>,
): Promise<string> =>
  actOnWhole(backstage, act, ['failed'], after =>
    retryBatch({ ...actingDeps(backstage, strand), atOnce: backstage.batchAtOnce })({
      grant,
      id: act.batch,
      after,
    }),
  )

export const withdrawWholeBatch = (
  backstage: Backstage,
  strand: Strand,
  act: Whole,
  grant: Grant<'withdraw'>,
): Promise<string> =>
  actOnWhole(backstage, act, ['pendingApproval', 'approved', 'failed'], after =>
    withdrawBatch({ ...actingDeps(backstage, strand), atOnce: backstage.batchAtOnce })({
      grant,
      id: act.batch,
      after,
    }),
  )

type Whole = Extract<Act, { readonly kind: 'retryBatch' | 'withdrawBatch' }>

/** Does something to all of a batch, part by part: nothing of what it found in these states is left as it was, unless it says so. */
const actOnWhole = async (
  { stage, known }: Backstage,
  { kind, by, batch }: Whole,
  states: ReadonlyArray<RemovalState>,
  part: (
    after: RemovalRequestId | null,
  ) => TaskEither<{ readonly _tag: string }, Pick<BatchProgress, 'refused' | 'next'>>,
): Promise<string> => {
  const { tenantId } = by.caller
  const found = known.inBatch(tenantId, batch).filter(({ request }) => states.includes(request.state))
  let after: RemovalRequestId | null = null
  let refused = 0
  do {
    const progress: E.Either<{ readonly _tag: string }, Pick<BatchProgress, 'refused' | 'next'>> = await part(
      after,
    )()
    if (E.isLeft(progress)) {
      checkGoesOn({ stage }, progress.left._tag)
      return progress.left._tag
    }
    for (const count of progress.right.refused.values()) refused += count
    after = progress.right.next
  } while (after !== null)
  const left = found.filter(({ id, request }) => known.versionOf(id) === request.version)
  if (left.length > refused)
    stage.report(
      'acknowledgedBatchIsDecided',
      `${by.name} came to the end of ${kind}, and ${left.map(({ label }) => label).join(', ')} is as it was`,
    )
  return refused === 0 ? 'done' : 'done in part'
}

/** What was tampered with is refused by itself, and the rest of a batch is gone on with. */
const checkGoesOn = ({ stage }: Pick<Backstage, 'stage'>, tag: string): void => {
  if (tag === 'RequestUnreadable' || tag === 'SubjectDiffers')
    stage.report('tamperedStopsNobody', `a whole batch is refused for one of its requests: ${tag}`)
}

/** Nothing waited, and nothing was decided by them: at no moment since they asked can both have been otherwise. */
const checkNothingWaits = (
  { stage, known }: Backstage,
  { kind, by, shown }: Decision,
  before: ReadonlyArray<KnownRequest>,
): void => {
  const { tenantId, userId } = by.caller
  const now = known.inBatch(tenantId, shown.id)
  const waiting = now.filter(
    ({ id, request }) =>
      request.state === 'pendingApproval' &&
      before.some(one => one.id === id && one.request.state === 'pendingApproval'),
  )
  if (waiting.length > 0)
    stage.report(
      'answersFit',
      `${by.name} is told that nothing waits, and ${waiting.map(({ label }) => label).join(', ')} does`,
    )
  if (
    kind === 'approveBatch' &&
    before.some(hasEventBy(userId, 'approvalGiven')) &&
    !known.isActorErased(tenantId, userId)
  )
    stage.report('answersFit', `${by.name} approved some of a batch, and is told that nothing of it waits`)
}

const hasEventBy =
  (userId: UserId, wanted: RemovalEvent['type']) =>
  ({ events, people }: KnownRequest): boolean =>
    events.some(({ type, data }) => type === wanted && 'by' in data && people.get(data.by) === userId)

const decisionOf = { approveBatch: 'approvalGiven', denyBatch: 'removalDenied' } as const satisfies Record<
  Decision['kind'],
  RemovalEvent['type']
>

/** Whoever came to the end of a batch has decided all of it that waited for them. */
const checkDecided = ({ stage, known }: Backstage, { kind, by, shown }: Decision): void => {
  const left = known.inBatch(by.caller.tenantId, shown.id).filter(member => {
    const { id, request, people } = member
    const isTheirs = people.get(request.submittedBy) === by.caller.userId
    const isDecided = hasEventBy(by.caller.userId, decisionOf[kind])(member)
    return (
      request.state === 'pendingApproval' &&
      shown.members.has(id) &&
      !isDecided &&
      !known.harms().has(id) &&
      !isTimeUp(request, stage.time.latestShown()) &&
      !(isTheirs && kind === 'approveBatch')
    )
  })
  if (left.length > 0)
    stage.report(
      'acknowledgedBatchIsDecided',
      `${by.name} came to the end of a batch, and ${left.map(({ label }) => label).join(', ')} still waits`,
    )
}
