import type { DataHolder } from '@lethe/application'
import { readable, rightOf, someOf, succeed } from '@lethe/application/testing'
import {
  type RemovalEvent,
  type RemovalRequestId,
  type RemovalState,
  replay,
  verifyChain,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { bob } from './people.js'
import { eventsOf, historyOf, requestOf, type World } from './world.js'

/** A holder that keeps account of what was asked of it. */
export interface WatchedHolder extends DataHolder {
  /** The states in which the request was, as stored, at each call. */
  readonly statesAtCalls: ReadonlyArray<RemovalState>
  /** How often a call really removed something. */
  readonly effects: () => number
}

/**
 * Watches a holder from both sides.
 *
 * @param between what stands between the callers and the holder, such as a script.
 */
export const watched = (
  world: World,
  id: () => RemovalRequestId,
  inner: DataHolder,
  between: (holder: DataHolder) => DataHolder = holder => holder,
): WatchedHolder => {
  let effects = 0
  const statesAtCalls: Array<RemovalState> = []
  const counted: DataHolder = {
    ...inner,
    remove: removal => async () => {
      const answer = await inner.remove(removal)()
      if (E.isRight(answer) && answer.right === 'removed') effects += 1
      return answer
    },
  }
  const outer = between(counted)
  return {
    ...outer,
    statesAtCalls,
    effects: () => effects,
    remove: removal => async () => {
      const stored = await succeed(world.store.removalRequests.load(world.tenantId, id()))
      statesAtCalls.push(readable(someOf(stored)).state)
      return outer.remove(removal)()
    },
  }
}

/** How a removal came out, as far as it must be the same whatever happened on the way. */
export const accountOf = async (
  world: World,
  id: RemovalRequestId,
  holders: ReadonlyArray<WatchedHolder>,
) => {
  const request = await requestOf(world, id)
  const history = await historyOf(world, id)
  const events = await eventsOf(world, id)
  const left = await Promise.all(holders.map(async holder => succeed(holder.readBack(world.tenantId, bob))))
  return {
    state: request.state,
    outcome: request.state === 'completed' ? request.outcome : null,
    chain: E.isRight(
      verifyChain(world.deps.digest.envelope)(
        { tenantId: world.tenantId, requestId: id },
        history.head,
        history.events,
      ),
    )
      ? 'whole'
      : 'broken',
    replay: JSON.stringify(rightOf(replay(events))) === JSON.stringify(request) ? 'same' : 'another',
    profiles: left,
    effects: holders.map(holder => holder.effects()),
    cleared: holders.map(
      ({ name }) =>
        events.filter(
          ({ type, data }) => type === 'holderCleared' && 'holder' in data && data.holder === name,
        ).length,
    ),
    calledOnlyOnceStarted: holders.every(({ statesAtCalls }) =>
      statesAtCalls.every(state => startedStates.has(state)),
    ),
    once: (['removalApproved', 'removalStarted', 'removalCompleted'] as const).map(type =>
      count(events, type),
    ),
    approvedBeforeStart: approvalsBeforeStart(events) >= approvalsNeeded(events),
  }
}

export type Account = Awaited<ReturnType<typeof accountOf>>

/** What every removal comes to, whatever happened on the way. */
export const sound = (holders: number): Account => ({
  state: 'completed',
  outcome: 'verifiedAbsent',
  chain: 'whole',
  replay: 'same',
  profiles: Array.from({ length: holders }, () => 'absent'),
  effects: Array.from({ length: holders }, () => 1),
  cleared: Array.from({ length: holders }, () => 1),
  calledOnlyOnceStarted: true,
  once: [1, 1, 1],
  approvedBeforeStart: true,
})

/** A worker may be under way with a call while another completes the request: calls may repeat. */
const startedStates = new Set<RemovalState>(['removing', 'verifying', 'completed'])

const count = (events: ReadonlyArray<RemovalEvent>, type: RemovalEvent['type']): number =>
  events.filter(happened => happened.type === type).length

/** How many different people other than the submitter had approved when the removal started. */
const approvalsBeforeStart = (events: ReadonlyArray<RemovalEvent>): number => {
  const start = events.findIndex(({ type }) => type === 'removalStarted')
  const submitter = events.flatMap(happened =>
    happened.type === 'removalRequested' ? [happened.data.submittedBy] : [],
  )
  const approvers = events
    .slice(0, Math.max(start, 0))
    .flatMap(happened => (happened.type === 'approvalGiven' ? [happened.data.by] : []))
  return new Set(approvers.filter(by => !submitter.includes(by))).size
}

const approvalsNeeded = (events: ReadonlyArray<RemovalEvent>): number =>
  events.reduce(
    (needed, happened) =>
      happened.type === 'removalRequested' && happened.data.policy.mode === 'approvers'
        ? happened.data.policy.required
        : needed,
    0,
  )
