import { approveBatch, type BatchProgress, denyBatch, getBatch } from '@lethe/application'
import type { Grant, RemovalEvent, RemovalRequestId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { BatchDeciding } from './alterations.js'
import { actingDeps } from './acting-deps.js'
import type { Act } from './acts.js'
import { answerChecks } from './answer-checks.js'
import type { Backstage } from './backstage.js'
import { watchDecision } from './deciding.js'
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
  const answer = await getBatch(actingDeps(backstage, strand))({ grant, id: act.batch })()
  if (E.isLeft(answer)) return answer.left._tag
  const checks = answerChecks(backstage)
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
  let after = act.after
  let isWhole = true
  do {
    const watch = watchDecision(stage, known, { ...shown, tenantId: by.caller.tenantId })
    const deps = actingDeps(backstage, strand, watch)
    const part = await decidePart(
      backstage.alterDeciding(
        {
          ...deps,
          atOnce: batchAtOnce,
        },
        shown.digest,
      ),
      after,
    )()
    if (E.isLeft(part)) {
      watch.refused(part.left._tag)
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

const decisionOf = { approveBatch: 'approvalGiven', denyBatch: 'removalDenied' } as const satisfies Record<
  Decision['kind'],
  RemovalEvent['type']
>

/** Whoever came to the end of a batch has decided all of it that waited for them. */
const checkDecided = ({ stage, known }: Backstage, { kind, by, shown }: Decision): void => {
  const left = known.inBatch(by.caller.tenantId, shown.id).filter(({ id, request, events, people }) => {
    const isTheirs = people.get(request.submittedBy) === by.caller.userId
    const isDecided = events.some(
      ({ type, data }) =>
        type === decisionOf[kind] && 'by' in data && people.get(data.by) === by.caller.userId,
    )
    return (
      request.state === 'pendingApproval' &&
      shown.members.has(id) &&
      !isDecided &&
      !(isTheirs && kind === 'approveBatch')
    )
  })
  if (left.length > 0)
    stage.report(
      'acknowledgedBatchIsDecided',
      `${by.name} came to the end of a batch, and ${left.map(({ label }) => label).join(', ')} still waits`,
    )
}
