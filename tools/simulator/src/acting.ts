import {
  approveRemoval,
  closeRemoval,
  denyRemoval,
  getHistory,
  getRemovalRequest,
  isUnreadableView,
  listBatches,
  listRemovalRequests,
  retryRemoval,
  submitRemoval,
  withdrawRemoval,
} from '@lethe/application'
import {
  type Grant,
  isOpen,
  type Operation,
  type RemovalEvent,
  type RemovalRequest,
  type RemovalRequestId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { actingDeps } from './acting-deps.js'
import type { Act } from './acts.js'
import { answerChecks } from './answer-checks.js'
import type { Backstage } from './backstage.js'
import {
  approveWholeBatch,
  denyWholeBatch,
  previewBatch,
  retryWholeBatch,
  withdrawWholeBatch,
} from './batch-acting.js'
import { pagesFrom } from './pages.js'
import { grantOf } from './people.js'
import type { Strand } from './strand.js'

interface Refusal {
  readonly _tag: string
}

/**
 * Does what somebody wants to do, through the use cases, and compares the answer with what is stored.
 *
 * @returns how it was answered: `done`, or the tag of the refusal.
 */
export const perform = async (backstage: Backstage, strand: Strand, act: Act): Promise<string> => {
  const { stage, known } = backstage
  const { by } = act
  const { tenantId } = by.caller
  const checks = answerChecks(backstage)
  const deps = actingDeps(backstage, strand)

  /** Nobody may do anything without a grant: their call ends at the door. */
  const granted = async <O extends Operation>(
    operation: O,
    then: (grant: Grant<O>) => Promise<string>,
  ): Promise<string> => {
    const grant = grantOf(operation, by)
    return grant === null ? 'not granted' : then(grant)
  }

  /** Something about one request. */
  const about = async <A>(
    id: RemovalRequestId,
    task: TaskEither<Refusal, A>,
    done: (answer: A) => void,
  ): Promise<string> => {
    const answered = await answerTo(task, done)
    if (answered !== 'done') checks.refused(by, id, answered)
    return answered
  }

  const recorded =
    (type: RemovalEvent['type']) =>
    (request: RemovalRequest): void =>
      checks.recorded(by, type, request)

  switch (act.kind) {
    case 'submit':
      return granted('submit', async grant => {
        const { userId, receivedAt, receivedConfirmed, batch } = act
        const before = known.joinable(tenantId, userId, batch)
        const answered = await answerTo(
          submitRemoval(deps)({ grant, userId, receivedAt, receivedConfirmed, batch }),
          answer => {
            checks.submitted(act, answer)
            const { state } = answer.request
            const joined = isOpen(state) ? 'joined' : 'joined what ended'
            stage.tally.count('answers', `submit ${answer.joined ? joined : 'new'}`)
            if (answer.joined && batch !== null && answer.request.batch !== batch)
              stage.tally.count('answers', 'submit joined with a batch')
            if (answer.joined && before?.request.state === 'failed')
              stage.tally.count('answers', 'submit joined what failed')
          },
        )
        checks.notSubmitted(act, answered, before)
        return answered
      })
    case 'approve':
      return granted('approve', async grant =>
        about(act.id, approveRemoval(deps)({ grant, id: act.id }), recorded('approvalGiven')),
      )
    case 'deny': {
      const { id, code, note } = act
      return granted('deny', async grant =>
        about(id, denyRemoval(deps)({ grant, id, code, note }), recorded('removalDenied')),
      )
    }
    case 'withdraw':
      return granted('withdraw', async grant =>
        about(act.id, withdrawRemoval(deps)({ grant, id: act.id }), recorded('removalWithdrawn')),
      )
    case 'retry':
      return granted('retry', async grant =>
        about(act.id, retryRemoval(deps)({ grant, id: act.id }), recorded('removalRetried')),
      )
    case 'close': {
      const { id, code, note } = act
      return granted('close', async grant =>
        about(id, closeRemoval(deps)({ grant, id, code, note }), recorded('removalAbandoned')),
      )
    }
    case 'get':
      return granted('getRemovalRequest', async grant => {
        const version = known.versionOf(act.id)
        return about(act.id, getRemovalRequest(deps)({ grant, id: act.id }), view => {
          checks.shown(by, view, version)
          if (isUnreadableView(view)) stage.tally.count('answers', 'get unreadable')
        })
      })
    case 'history':
      return granted('getHistory', async grant =>
        about(act.id, getHistory(deps)({ grant, id: act.id }), history => {
          checks.history(by, act.id, history)
          if (history.broken !== null) stage.tally.count('answers', 'history broken')
        }),
      )
    case 'list':
      return granted('listRemovalRequests', async grant => {
        const { filter, size } = act
        const before = known.of(tenantId)
        const pages = pagesFrom(
          after => listRemovalRequests(deps)({ grant, filter, page: { size, after } }),
          null,
        )
        return answerTo(pages, items => {
          checks.listed(act, before, items)
          if (items.some(isUnreadableView)) stage.tally.count('answers', 'list with unreadable')
        })
      })
    case 'listBatches':
      return granted('listRemovalRequests', async grant => {
        const { filter, size } = act
        return answerTo(
          pagesFrom(after => listBatches(deps)({ grant, filter, page: { size, after } }), null),
          () => undefined,
        )
      })
    case 'preview':
      return granted('getRemovalRequest', async grant => previewBatch(backstage, strand, act, grant))
    case 'retryBatch':
      return granted('retry', async grant => retryWholeBatch(backstage, strand, act, grant))
    case 'withdrawBatch':
      return granted('withdraw', async grant => withdrawWholeBatch(backstage, strand, act, grant))
    case 'approveBatch':
      return granted('approve', async grant => approveWholeBatch(backstage, strand, act, grant))
    case 'denyBatch':
      return granted('deny', async grant => denyWholeBatch(backstage, strand, act, grant))
    case 'eraseSubject':
      return answerTo(deps.subjects.erase(tenantId, act.userId), () => undefined)
    case 'eraseActor':
      return answerTo(
        deps.actors.erase(tenantId, { kind: 'person', userId: act.userId, appId: null }),
        () => undefined,
      )
  }
}

const answerTo = async <A>(task: TaskEither<Refusal, A>, done: (answer: A) => void): Promise<string> => {
  const answer = await task()
  if (E.isLeft(answer)) return answer.left._tag
  done(answer.right)
  return 'done'
}
