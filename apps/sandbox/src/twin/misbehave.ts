import { graphErrors } from '@lethe/graph-contract'
import * as O from 'fp-ts/lib/Option.js'
import type { MiddlewareHandler } from 'hono'
import type { ClaimsRequest } from '../identity/claims-request.js'
import { challengeHeader, type Challenges } from './challenges.js'
import { type Connection, isCutOff, wait } from './connection.js'
import { endCall } from './end-call.js'
import type { FaultPlans } from './fault-plans.js'
import { graphErrorResponse } from './graph-error-response.js'
import type { Ledger } from './ledger.js'
import { unverifiedCaller, type UnverifiedCaller } from './unverified-caller.js'

export interface MisbehaviourDeps {
  readonly plans: FaultPlans
  readonly challenges: Challenges
  readonly ledger: Ledger
}

/** Lets each call go wrong as it was set for its tenant, and counts how it ended. Calls of nobody are left alone. */
export const misbehave =
  (deps: MisbehaviourDeps): MiddlewareHandler<{ Bindings: Connection }> =>
  async (c, next) => {
    const caller = unverifiedCaller(c.req.header('Authorization'))
    if (O.isNone(caller)) {
      await next()
      return
    }
    const { tid } = caller.value.claims
    const isWrite = c.req.method !== 'GET' && c.req.method !== 'HEAD'
    const response = await ended(deps, caller.value, isWrite, c.env, async () => {
      await next()
      return c.res
    })
    deps.ledger.countAnswer(
      tid,
      isWrite ? 'writes' : 'reads',
      isCutOff(response) ? 'none' : String(response.status),
    )
    // Else Hono would keep the headers of the answer that this one stands in for.
    c.res = undefined
    c.res = response
  }

const ended = async (
  { plans, challenges }: MisbehaviourDeps,
  caller: UnverifiedCaller,
  isWrite: boolean,
  connection: Connection,
  perform: () => Promise<Response>,
): Promise<Response> => {
  const { tid } = caller.claims
  const plan = plans.next(tid)
  if (plan === null) return perform()
  await wait(connection, plan.latencyMilliseconds)
  const throttled = isWrite ? plans.throttled(tid) : { seconds: 0, tell: true }
  if (throttled.seconds > 0)
    return graphErrorResponse(
      graphErrors.throttled,
      throttled.tell ? { 'Retry-After': String(Math.max(1, Math.ceil(throttled.seconds))) } : {},
    )
  const demanded = challenges.demanded(caller)
  if (demanded !== null) return challenged(demanded)
  if (plan.ending === null) return perform()
  return endCall(plan.ending, {
    connection,
    hangMilliseconds: plan.hangMilliseconds,
    perform,
    challenge: () => {
      const lacking = challenges.byChance(caller)
      return lacking === null ? null : challenged(lacking)
    },
  })
}

const challenged = (demand: ClaimsRequest): Response =>
  graphErrorResponse(graphErrors.tokenInvalid, { 'WWW-Authenticate': challengeHeader(demand) })
