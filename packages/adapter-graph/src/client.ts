import type { BlockedBy, TenantId } from '@lethe/domain'
import type { Agent, Dispatcher } from 'undici'
import { askAgainAfter, defaultRetrying, type Retrying } from './ask-again.js'
import { attempt, type AttemptDeps } from './attempt.js'
import { type Blocks, type BlockLimits, defaultBlockLimits, noBlocks, tenantBlocks } from './blocks.js'
import {
  type BreakerLimits,
  type BreakerState,
  type BreakerStatus,
  defaultBreakerLimits,
  tenantBreakers,
} from './breakers.js'
import { bareEnding, type Ending } from './endings.js'
import { type GraphCall, type Operation, wholeLimit } from './graph-call.js'
import { blockKinds, blockNews, type Sharing } from './sharing.js'
import { openScope, pause, type Scope } from './stopping.js'
import { defaultTimeLimits, type TimeLimits } from './time-limits.js'

export interface GraphClientDeps extends Pick<
  AttemptDeps,
  'tokens' | 'clientRequestId' | 'pace' | 'onEnding'
> {
  /** Where Graph is, such as `https://graph.microsoft.com/beta`; no slash at the end. */
  readonly root: string
  /** Told when the breaker of a tenant changes. */
  readonly onBreak: (tenantId: TenantId, state: BreakerState) => void
  /** Opens what requests go through, which is closed with the client. */
  readonly openDispatcher: (options: Agent.Options) => Dispatcher
  /** How many connections it keeps; 64 where left out. */
  readonly connections?: number
  readonly timeouts?: Partial<TimeLimits>
  readonly breaker?: BreakerLimits
  /** Null where nobody is to be held back by what concerns everybody. */
  readonly block?: BlockLimits | null
  /** Told when something begins to hold everybody of a tenant back; null as `since` when it is over. */
  readonly onBlock?: (tenantId: TenantId, by: BlockedBy, since: string | null) => void
  /** Through which processes tell each other of breakers and blocks; left out where each goes by what it finds itself. */
  readonly sharing?: Sharing
  readonly retrying?: Retrying
  /** Gives a number from 0 to 1, for jitter. */
  readonly random?: () => number
}

/** Calls Graph. */
export interface GraphClient {
  readonly root: string
  /**
   * Makes a call, and waits for its end. A read asks again by itself, within its time; a removal is sent once.
   *
   * @returns how it ended: a row of the table of endings. It rejects only if one of its dependencies does.
   */
  readonly call: <A>(call: GraphCall<A>) => Promise<Ending<A>>
  /**
   * Makes several calls within the time of one.
   *
   * @param calls is given what makes a call.
   */
  readonly within: <B>(operation: Operation, calls: (call: GraphClient['call']) => Promise<B>) => Promise<B>
  /** The breakers of the tenants that were called so far, or heard of. */
  readonly breakers: () => ReadonlyArray<BreakerStatus>
  /** What holds everybody of a tenant back now. */
  readonly blocks: Blocks['all']
  /** Gives up what is under way, waits until that has ended, and closes the connections. Later calls end at once. */
  readonly close: () => Promise<void>
}

/** A client of Microsoft Graph that keeps its connections alive. */
export const graphClient = (given: GraphClientDeps): GraphClient => {
  const limits = { ...defaultTimeLimits, ...given.timeouts }
  const retrying = given.retrying ?? defaultRetrying
  const random = given.random ?? Math.random
  // One request at a time on a connection, and HTTP/1.1 only: whether a request was written must be known.
  const dispatcher = given.openDispatcher({
    connectTimeout: limits.connectMs,
    connections: given.connections ?? 64,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 30_000,
    keepAliveMaxTimeout: 120_000,
  })
  const { sharing } = given
  const breakers = tenantBreakers(given.breaker ?? defaultBreakerLimits, (tenantId, news) => {
    given.onBreak(tenantId, news.state)
    sharing?.tell(tenantId, { breaker: news })
  })
  const blocks =
    given.block === null
      ? noBlocks
      : tenantBlocks(
          given.block ?? defaultBlockLimits,
          given.onBlock ?? (() => undefined),
          (tenantId, kind, sinceMs) => sharing?.tell(tenantId, blockNews(kind, sinceMs)),
          random,
        )
  sharing?.listen((tenantId, news, first) => {
    if (news.breaker !== undefined) breakers.hear(tenantId, news.breaker)
    for (const kind of blockKinds) {
      const sinceMs = news[kind]
      if (sinceMs !== undefined) blocks.hear(tenantId, kind, sinceMs, first)
    }
  })
  const running = new Map<Scope, Promise<unknown>>()
  let closing: Promise<void> | null = null

  const deps = { ...given, dispatcher, limits, breakers, blocks }

  const keepAsking = async <A>(call: GraphCall<A>, scope: Scope): Promise<Ending<A>> => {
    const { signal } = scope
    await sharing?.look(call.tenantId)
    let ending = await attempt(deps, call, { number: 1, signal })
    for (let number = 1; call.operation !== 'removal'; number += 1) {
      const delayMs = askAgainAfter(retrying, ending, number, scope.leftMs(), random)
      if (delayMs === null || !(await pause(signal, delayMs))) break
      ending = await attempt(deps, call, { number: number + 1, signal })
    }
    return ending
  }

  const close = async (): Promise<void> => {
    for (const scope of running.keys()) scope.stop('shutDown')
    await Promise.allSettled(running.values())
    await sharing?.settled()
    await dispatcher.destroy()
  }

  const within: GraphClient['within'] = async (operation, calls) => {
    const scope = openScope(wholeLimit(limits, operation))
    const ended = calls(async call =>
      closing === null ? keepAsking(call, scope) : bareEnding('shutDownBeforeSending'),
    )
    running.set(scope, ended)
    try {
      return await ended
    } finally {
      scope.end()
      running.delete(scope)
    }
  }

  return {
    root: given.root,
    call: async call => within(call.operation, make => make(call)),
    within,
    breakers: breakers.statuses,
    blocks: blocks.all,
    close: async () => {
      closing ??= close()
      return closing
    },
  }
}
