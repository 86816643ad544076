import * as E from 'fp-ts/lib/Either.js'
import type { Dispatcher } from 'undici'
import type { Blocks } from './blocks.js'
import type { Breakers } from './breakers.js'
import { type BareEnding, bareEnding, type Ending, endings } from './endings.js'
import { type Exchanged, exchange } from './exchange.js'
import { callKind, type EndingReport, type GraphCall } from './graph-call.js'
import type { Pace } from './pace.js'
import { type Stop, unlessStopped } from './stopping.js'
import type { TimeLimits } from './time-limits.js'
import type { TokenRequest, TokenSource } from './token-source.js'

/** What a request to Graph takes. */
export interface AttemptDeps {
  readonly dispatcher: Dispatcher
  readonly limits: TimeLimits
  readonly tokens: TokenSource
  /** Gives a new GUID, for the header `client-request-id`. */
  readonly clientRequestId: () => string
  readonly pace: Pace
  readonly breakers: Breakers
  readonly blocks: Blocks
  readonly onEnding: (report: EndingReport) => void
}

/** How often a call was tried, and until when it may go on. */
interface Try {
  readonly number: number
  readonly signal: AbortSignal
}

/** What Graph found wrong with the token of the request before. */
type Complaint = Pick<TokenRequest, 'claims' | 'rejected'>

/**
 * Makes one attempt at a call: block, breaker, turn, token, request. Only a 401 makes it send a second one, with another
 * token: then Graph looked at nothing but the token.
 */
export const attempt = async <A>(
  deps: AttemptDeps,
  call: GraphCall<A>,
  attempted: Try,
): Promise<Ending<A>> => {
  const held = deps.blocks.beforeCall(call)
  if (held !== null) {
    reporting(deps, call, attempted)(held.kind, null, null)
    return held
  }
  const first = await request(deps, call, attempted, { claims: null, rejected: null })
  const second = first.complaint === null ? null : await request(deps, call, attempted, first.complaint)
  return deps.blocks.afterCall(call, (second ?? first).ending)
}

const reporting = (deps: AttemptDeps, call: GraphCall<unknown>, { number }: Try) => {
  const startedAt = performance.now()
  return (
    ending: Ending<unknown>['kind'],
    exchanged: Exchanged<unknown> | null,
    clientRequestId: string | null,
  ): void =>
    deps.onEnding({
      tenantId: call.tenantId,
      operation: call.operation,
      ending,
      status: exchanged?.status ?? null,
      network: exchanged?.network ?? null,
      answer: exchanged === null || exchanged.ending.kind === 'found' ? {} : exchanged.ending.answer,
      clientRequestId,
      attempt: number,
      milliseconds: performance.now() - startedAt,
    })
}

/** What a request came to, and what Graph found wrong with its token. */
interface Requested<A> {
  readonly ending: Ending<A>
  readonly complaint: Complaint | null
}

const request = async <A>(
  deps: AttemptDeps,
  call: GraphCall<A>,
  attempted: Try,
  complaint: Complaint,
): Promise<Requested<A>> => {
  const { signal } = attempted
  const report = reporting(deps, call, attempted)
  const unsent = (ending: BareEnding): Requested<A> => {
    report(ending.kind, null, null)
    return { ending, complaint: null }
  }

  const ready = await prepare(deps, call, signal, complaint)
  if (E.isLeft(ready)) return unsent(ready.left)
  const token = ready.right
  if (token === complaint.rejected) return unsent(bareEnding('unauthorized'))
  const clientRequestId = deps.clientRequestId()
  const exchanged = await deps.breakers.run(
    call.tenantId,
    async () => exchange(deps, call, { token, clientRequestId }, signal),
    ({ ending }) => endings[ending.kind].failing,
  )
  if (E.isLeft(exchanged)) return unsent(bareEnding('circuitOpen', exchanged.left))
  const { ending, challenge } = exchanged.right
  tellPace(deps.pace, call, exchanged.right)
  report(ending.kind, exchanged.right, clientRequestId)
  const isFirst = complaint.claims === null && complaint.rejected === null
  if (!isFirst) return { ending, complaint: null }
  if (challenge !== null) return { ending, complaint: { claims: challenge, rejected: null } }
  return { ending, complaint: ending.kind === 'unauthorized' ? { claims: null, rejected: token } : null }
}

/** All that comes before a request is sent. @returns the token. */
const prepare = async <A>(
  { breakers, pace, tokens }: AttemptDeps,
  { tenantId, operation, removing }: GraphCall<A>,
  signal: AbortSignal,
  complaint: Complaint,
): Promise<E.Either<BareEnding, string>> => {
  const closedFor = breakers.closedFor(tenantId)
  if (closedFor !== null) return E.left(bareEnding('circuitOpen', closedFor))
  const turn = await unlessStopped(signal, pace.beforeCall(tenantId, callKind(operation)))
  if (E.isLeft(turn)) return E.left(beforeSending(turn.left))
  if (E.isLeft(turn.right)) return E.left(bareEnding('busy', turn.right.left.afterSeconds))
  const token = await unlessStopped(signal, tokens({ tenantId, removing, ...complaint }))
  if (E.isLeft(token)) return E.left(beforeSending(token.left))
  if (E.isRight(token.right)) return token.right
  const problem = token.right.left
  switch (problem._tag) {
    case 'SignInRequired':
      return E.left(bareEnding('signInRequired'))
    case 'TokenUnavailable':
      return E.left(bareEnding('tokenUnavailable', problem.retryAfterSeconds))
  }
}

const beforeSending = (stop: Stop): BareEnding =>
  bareEnding(stop === 'shutDown' ? 'shutDownBeforeSending' : 'timedOutBeforeSending')

const tellPace = <A>(pace: Pace, call: GraphCall<A>, { ending, status }: Exchanged<A>): void => {
  if (status === null) return
  pace.afterCall(
    call.tenantId,
    callKind(call.operation),
    status === 429
      ? { kind: 'throttled', retryAfterSeconds: ending.kind === 'found' ? null : ending.retryAfterSeconds }
      : { kind: 'answered' },
  )
}
