import { batchPathOf, historyPath, removalRequestPath } from '@lethe/api-contract'
import type { RemovalRequestId } from '@lethe/domain'
import type { MadeBatch } from '../load/batches.js'
import { batchIn, historyIn, isWorthRetrying, requestIn, send } from '../load/api-client.js'
import { megan, tenants } from '../world/cast.js'
import type { World } from '../world/world.js'
import {
  joblessRequests,
  letheConnections,
  storedBatches,
  storedRequests,
  strayRequests,
  waitingJobs,
} from './rows.js'
import type { Seen, ServedBatch, ServedRequest, StoredRequest } from './seen.js'

/** How many requests are asked for at a time. */
const lanes = 8
const mostTries = 5

/** Remembers what was already found to be served as it is stored, so that each look asks only for what has changed. */
export interface Looker {
  /** @param everything whether to ask for all requests again. */
  readonly look: (everything: boolean) => Promise<Seen>
}

export const openLooker = (world: World): Looker => {
  const served = new Map<RemovalRequestId, ServedRequest>()
  const askedAt = new Map<RemovalRequestId, number>()

  const ask = async ({ tenantId, requestId, version }: StoredRequest): Promise<void> => {
    served.set(requestId, {
      state: requestIn(await get(world, tenantId, removalRequestPath(requestId)))?.state ?? null,
      ...historyOf(historyIn(await get(world, tenantId, historyPath(requestId)))),
    })
    askedAt.set(requestId, version)
  }

  return {
    look: async everything => {
      const { asOwner } = world.database
      const stored = await storedRequests(asOwner)
      const waiting = [...stored.values()].filter(
        ({ requestId, version }) =>
          everything || askedAt.get(requestId) !== version || world.tampered.has(requestId),
      )
      await Promise.all(
        Array.from({ length: lanes }, async () => {
          for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await ask(next)
        }),
      )
      return {
        acknowledged: [...world.load.acknowledged()],
        stored,
        served,
        tampered: new Map(world.tampered),
        batches: await Promise.all(world.load.batches().map(batch => servedBatch(world, batch))),
        storedBatches: await storedBatches(asOwner),
        batchAttempts: [...world.load.batchAttempts()],
        calls: [...world.ledger.calls()],
        effects: [...world.ledger.effects()],
        jobless: [...world.jobless, ...(await joblessRequests(asOwner))],
        stray: await strayRequests(asOwner),
        jobs: await waitingJobs(asOwner),
        connections: await letheConnections(asOwner),
        mostConnections: world.mostConnections,
      }
    },
  }
}

const servedBatch = async (world: World, batch: MadeBatch): Promise<ServedBatch> => {
  const path = batchPathOf(batch.id)
  const other = tenants.find(tenantId => tenantId !== batch.tenantId) ?? batch.tenantId
  return {
    ...batch,
    here: batchIn(await get(world, batch.tenantId, path)),
    elsewhere: batchIn(await get(world, other, path)) !== null,
  }
}

const historyOf = (history: ReturnType<typeof historyIn>): Pick<ServedRequest, 'intact' | 'version'> => ({
  intact: history?.intact ?? null,
  version: history?.head.sequence ?? null,
})

const get = async ({ fleet, issuer }: World, tenantId: StoredRequest['tenantId'], path: string) => {
  const ports = fleet.of('api').flatMap(member => member.current().port() ?? [])
  for (let tries = 1; ; tries += 1) {
    const port = ports[tries % ports.length] ?? 0
    const answer = await send({ port, method: 'GET', path, token: issuer.tokenOf(tenantId, megan) })
    if (!isWorthRetrying(answer) || tries === mostTries) return answer
  }
}
