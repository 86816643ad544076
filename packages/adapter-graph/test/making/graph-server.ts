import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  errorBody,
  graphErrors,
  type GraphErrorRow,
  nextLink,
  parseProfileListOptions,
  writeProfile,
  writeProfilePage,
} from '@lethe/graph-contract'
import { decoded, type ProfileSeed } from '@lethe/application/testing'
import { Instant, type InboundSharedUserProfile, meetsConditions, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { onTestFinished } from 'vitest'
import { tokenFor } from './client.js'
import { listen } from './raw-server.js'

/** How this Graph pages. */
export interface GraphServerOptions {
  readonly pageSize: number
  /** Whether it takes `$top`; the schema of the real one says no. */
  readonly takesTop: boolean
}

/** A small Graph on a real socket. */
export interface GraphServer {
  readonly root: string
  readonly vanish: (tenantId: string, userId: UserId) => void
}

type Tenant = Map<UserId, InboundSharedUserProfile>

/** Serves the profiles of a seed, and lets them be removed; the tenant is read from the token. Gone when the test ends. */
export const graphServer = async (
  seed: ProfileSeed,
  { pageSize, takesTop }: GraphServerOptions = { pageSize: 4, takesTop: false },
): Promise<GraphServer> => {
  const tenants = new Map<string, Tenant>(
    [...seed].map(([tenantId, profiles]) => [
      tenantId,
      new Map(profiles.map(profile => [profile.userId, profile])),
    ]),
  )
  let root = ''
  const tenantOf = (request: IncomingMessage): Tenant =>
    [...tenants].find(([id]) => request.headers.authorization === `Bearer ${tokenFor(id)}`)?.[1] ?? new Map()

  const list = (tenant: Tenant, url: URL, response: ServerResponse): void => {
    const options = parseProfileListOptions([...url.searchParams])
    if (E.isLeft(options)) return fail(response, graphErrors.badRequest(options.left.message))
    const { filter, top, skipToken, select } = options.right
    if (top !== null && !takesTop) return fail(response, graphErrors.badRequest('$top is not supported.'))
    const last = skipToken === null ? null : UserId.decode(skipToken)
    if (last !== null && E.isLeft(last)) return fail(response, graphErrors.badRequest('Bad skip token.'))
    // From the last letter to the first, so that nobody relies on an ascending order.
    const rest = [...tenant.values()]
      .toSorted((one, other) => (one.userId < other.userId ? 1 : -1))
      .filter(({ userId }) => last === null || userId < last.right)
      .filter(meetsConditions(filter))
    const profiles = rest.slice(0, top ?? pageSize)
    const lastShown = profiles.at(-1)
    const next =
      rest.length > profiles.length && lastShown !== undefined
        ? nextLink('https://elsewhere.example/beta', options.right, lastShown.userId)
        : null
    send(response, 200, writeProfilePage({ root, select, profiles, nextLink: next }))
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://any')
    const tenant = tenantOf(request)
    const [, , , , id = '', action] = url.pathname.split('/')
    const userId = UserId.decode(id)
    if (id === '') return list(tenant, url, response)
    if (E.isLeft(userId)) return fail(response, graphErrors.invalidObjectId(id))
    const profile = tenant.get(userId.right)
    if (profile === undefined) return fail(response, graphErrors.resourceNotFound(id))
    if (action === undefined) return send(response, 200, writeProfile({ root, select: [], profile }))
    tenant.delete(userId.right)
    response.writeHead(204).end()
  })
  root = `http://127.0.0.1:${await listen(server)}/beta`
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  return { root, vanish: (tenantId, userId) => void tenants.get(tenantId)?.delete(userId) }
}

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const fail = (response: ServerResponse, row: GraphErrorRow): void =>
  send(
    response,
    row.status,
    errorBody(row, {
      at: decoded(Instant, '2026-11-23T09:00:00.000Z'),
      requestId: 'any',
      clientRequestId: 'any',
    }),
  )
