import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { RemovalRequestId, TenantId } from '@lethe/domain'
import { dataPlanePaths, ProfileQuery, RemoveCall } from '../data-plane-wire.js'
import { made } from '../made.js'
import { homeTenant } from './cast.js'
import type { Conduct } from './conduct.js'
import type { Ledger } from './ledger.js'
import { type LoopbackServer, openLoopbackServer } from './loopback-server.js'

export interface DataPlaneDeps {
  readonly ledger: Ledger
  readonly conduct: Conduct
  /** What the database holds of a request now; null where it cannot be asked. */
  readonly eventsNow: (
    tenantId: TenantId,
    requestId: RemovalRequestId,
  ) => Promise<ReadonlyArray<string> | null>
  /** Seconds since the run began. */
  readonly elapsed: () => number
}

/** How long a slow answer takes, in milliseconds: long enough for a lease to be renewed meanwhile. */
const slowness = 3000

/** Serves the profiles and the data holder, outside of every process that is killed. */
export const openDataPlane = (deps: DataPlaneDeps): Promise<LoopbackServer> =>
  openLoopbackServer((request, response) => {
    answer(deps, request, response).catch(() => {
      response.destroy()
    })
  })

const answer = async (
  deps: DataPlaneDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const body = await bodyOf(request)
  switch (request.url ?? '') {
    case dataPlanePaths.profile:
      return send(response, 200, { profile: profileOf(deps, made(ProfileQuery, body)) })
    case dataPlanePaths.remove:
      return remove(deps, made(RemoveCall, body), response)
    case dataPlanePaths.readBack:
      return readBack(deps, made(ProfileQuery, body), response)
    default:
      return send(response, 404, {})
  }
}

const profileOf = ({ ledger }: DataPlaneDeps, { tenantId, userId }: ProfileQuery) =>
  ledger.has(tenantId, userId)
    ? {
        userId,
        homeTenantId: homeTenant,
        userPrincipalName: 'somebody@guests.example',
        displayName: 'Somebody',
      }
    : null

const remove = async (deps: DataPlaneDeps, call: RemoveCall, response: ServerResponse): Promise<void> => {
  const eventsThen = await deps.eventsNow(call.tenantId, call.requestId)
  deps.ledger.called({ ...call, at: deps.elapsed(), eventsThen })
  const conduct = deps.conduct.ofRemove(`${call.tenantId} ${call.userId}`)
  switch (conduct) {
    case 'well':
      return send(response, 200, { did: deps.ledger.remove(call) })
    case 'slow':
      await setTimeout(slowness)
      return send(response, 200, { did: deps.ledger.remove(call) })
    case 'busy':
      return send(response, 503, {})
    case 'lost':
      deps.ledger.remove(call)
      response.destroy()
      return
    case 'lostBefore':
      response.destroy()
      return
    case 'refused':
      return send(response, 403, {})
    case 'signedOut':
      return send(response, 401, {})
  }
}

const readBack = async (
  deps: DataPlaneDeps,
  { tenantId, userId }: ProfileQuery,
  response: ServerResponse,
): Promise<void> => {
  switch (deps.conduct.ofRead(`${tenantId} ${userId}`)) {
    case 'well':
      return send(response, 200, { found: deps.ledger.has(tenantId, userId) ? 'present' : 'absent' })
    case 'stillThere':
      return send(response, 200, { found: 'present' })
    case 'busy':
      return send(response, 503, {})
    case 'lost':
      response.destroy()
      return
    case 'cannotSay':
      return send(response, 200, { found: 'notSupported' })
  }
}

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  return JSON.parse(text)
}

const send = async (response: ServerResponse, status: number, body: unknown): Promise<void> => {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    ...(status === 503 ? { 'Retry-After': '1' } : {}),
  })
  response.end(JSON.stringify(body))
}
