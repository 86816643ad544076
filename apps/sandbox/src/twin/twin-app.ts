import { describeErrors } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { parsedJson } from '../parsed-json.js'
import type { Connection } from './connection.js'
import type { Effects } from './effects.js'
import { PutFaults } from './faults.js'
import { type MisbehaviourDeps, misbehave } from './misbehave.js'
import { unverifiedCaller } from './unverified-caller.js'
import * as O from 'fp-ts/lib/Option.js'

export interface TwinAppDeps extends MisbehaviourDeps {
  /** The API that is the twin. */
  readonly serve: (request: Request) => Promise<Response>
  readonly effects: Effects
}

/** How long an answer waits for its effect at most, in milliseconds. */
const longestWait = 5_000

/** The API, and around it what makes it a twin of Graph: its faults, and what tests may ask of it. */
export const twinApp = (deps: TwinAppDeps): Hono<{ Bindings: Connection }> => {
  const { plans, ledger, effects, serve } = deps
  const app = new Hono<{ Bindings: Connection }>()

  app.get('/sandbox/faults', c => c.json({ value: plans.list() }))

  app.put('/sandbox/faults', bodyLimit({ maxSize: 64 * 1024 }), async c => {
    const asked = PutFaults.decode(parsedJson(await c.req.text()))
    if (E.isLeft(asked)) return c.json(refusal(`${describeErrors(asked.left).join('; ')}.`), 400)
    const { tenantId, faults, seed } = asked.right
    const put = plans.put(tenantId, faults, seed)
    return put === null
      ? c.json(
          refusal(
            `tenantId: expected one of ${plans
              .list()
              .map(one => one.tenantId)
              .join(', ')}.`,
          ),
          400,
        )
      : c.json(put)
  })

  app.get('/sandbox/ledger', c => c.json(ledger.view()))

  app.use('/beta/*', misbehave(deps))

  app.all('*', async c => {
    const response = await serve(c.req.raw)
    const request = response.status === 204 ? requestIn(response.headers.get('Operation-Location')) : null
    // Graph removes at once, as far as its callers can tell: what is read next no longer shows the profile.
    if (request !== null) await effects.awaited(request, longestWait)
    const caller = unverifiedCaller(c.req.header('Authorization'))
    const userId = removedIn(c.req.path)
    if (O.isSome(caller) && userId !== null) {
      if (request !== null) ledger.countAccepted(caller.value.claims.tid, userId)
      if (response.status === 404) ledger.countInVain(caller.value.claims.tid, userId)
    }
    return response
  })
  return app
}

const refusal = (message: string) => ({ error: { code: 'BadRequest', message } })

/** The id of the removal request that an answer points to. */
const requestIn = (operationLocation: string | null): string | null =>
  /\/removalRequests\/([^/?#]+)$/.exec(operationLocation ?? '')?.[1] ?? null

/** The person whom a path asks to remove, in any of its spellings. */
const removedIn = (path: string): string | null =>
  /\/inboundSharedUserProfiles(?:\/|\(')([0-9a-f-]{36})(?:'\))?\//i.exec(path)?.[1]?.toLowerCase() ?? null
