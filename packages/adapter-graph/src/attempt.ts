import * as E from 'fp-ts/lib/Either.js'
import type { Dispatcher } from 'undici'
import type { Breakers } from './breakers.js'
import { bareEnding, type BareEnding, type Ending, endings } from './endings.js'
import { exchange, type Exchanged } from './exchange.js'
import { callKind, type EndingReport, type GraphCall } from './graph-call.js'
import type { Pace } from './pace.js'
import { type Stop, unlessStopped } from './stopping.js'
import type { TimeLimits } from './time-limits.js'
import type { TokenSource } from './token-source.js'

/** What a request to Graph takes. */
export interface AttemptDeps {
  readonly dispatcher: Dispatcher
  readonly limits: TimeLimits
  readonly tokens: TokenSource
  /** Gives a new GUID, for the header `client-request-id`. */
  readonly clientRequestId: () => string
  readonly pace: Pace
  readonly breakers: Breakers
  readonly onEnding: (report: EndingReport) => void
}

/** How often a call was tried, and until when it may go on. */
interface Try {
  readonly number: number
  readonly signal: AbortSignal
}

/**
 * Makes one attempt at a call: breaker, turn, token, request. Only a claims challenge makes it send a second one, because
 * then Graph looked at nothing but the token.
 */
export const attempt = async <A>(
  deps: AttemptDeps,
  call: GraphCall<A>,
  attempted: Try,
): Promise<Ending<A>> => {
  const first = await request(deps, call, attempted, null)
  if (first.challenge === null) return first.ending
  return (await request(deps, call, attempted, first.challenge)).ending
}

const request = async <A>(
  deps: AttemptDeps,
  call: GraphCall<A>,
  { number, signal }: Try,
  claims: string | null,
): Promise<Exchanged<A>> => {
  const startedAt = performance.now()
  const report = (exchanged: Exchanged<A>, clientRequestId: string | null): Exchanged<A> => {
    deps.onEnding({
      tenantId: call.tenantId,
      operation: call.operation,
      ending: exchanged.ending.kind,
      status: exchanged.status,
      clientRequestId,
      attempt: number,
      milliseconds: performance.now() - startedAt,
    })
    return exchanged
  }

  const ready = await prepare(deps, call, signal, claims)
  if (E.isLeft(ready)) return report(unsent(ready.left), null)
  const clientRequestId = deps.clientRequestId()
  const exchanged = await deps.breakers.run(
    call.tenantId,
    async () => exchange(deps, call, { token: ready.right, clientRequestId }, signal),
    ({ ending }) => endings[ending.kind].failing,
  )
  if (E.isLeft(exchanged)) return report(unsent(bareEnding('circuitOpen', exchanged.left)), null)
  tellPace(deps.pace, call, exchanged.right)
  return report(exchanged.right, clientRequestId)
}

const unsent = (ending: BareEnding): Exchanged<never> => ({ ending, status: null, challenge: null })

/** All that comes before a request is sent. @returns the token. */
const prepare = async <A>(
  { breakers, pace, tokens }: AttemptDeps,
  { tenantId, operation, removing }: GraphCall<A>,
  signal: AbortSignal,
  claims: string | null,
): Promise<E.Either<BareEnding, string>> => {
  const closedFor = breakers.closedFor(tenantId)
  if (closedFor !== null) return E.left(bareEnding('circuitOpen', closedFor))
  const turn = await unlessStopped(signal, pace.beforeCall(tenantId, callKind(operation)))
  if (E.isLeft(turn)) return E.left(beforeSending(turn.left))
  if (E.isLeft(turn.right)) return E.left(bareEnding('busy', turn.right.left.afterSeconds))
  const token = await unlessStopped(signal, tokens({ tenantId, removing, claims }))
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
