import type { TenantId } from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { HeldJob } from '../ports/jobs.js'
import type { StoreHarness } from './harness.js'
import { succeed } from './outcomes.js'

/** Takes what is there, so many at a time, until nothing is left, and keeps it. */
const takeBatches = async (
  take: (limit: number) => TaskEither<unknown, ReadonlyArray<HeldJob>>,
  limit: number,
): Promise<ReadonlyArray<ReadonlyArray<HeldJob>>> => {
  const batches: Array<ReadonlyArray<HeldJob>> = []
  for (;;) {
    const batch = await succeed(take(limit))
    if (batch.length === 0) return batches
    batches.push(batch)
  }
}

/** Takes every job that is due, so many at a time, and keeps them. */
export const receiveBatches = async (
  { store }: StoreHarness,
  limit: number,
): Promise<ReadonlyArray<ReadonlyArray<HeldJob>>> => takeBatches(store.jobs.receive, limit)

/** Takes every job that is due and gives those of one tenant, in the order in which they came. */
export const receiveAll = async (
  h: StoreHarness,
  tenantId: TenantId,
  limit = 50,
): Promise<ReadonlyArray<HeldJob>> =>
  (await receiveBatches(h, limit)).flat().filter(held => held.job.tenantId === tenantId)

/** Takes every job that is dead and gives those of one tenant. */
export const receiveDead = async (
  { store }: StoreHarness,
  tenantId: TenantId,
): Promise<ReadonlyArray<HeldJob>> =>
  (await takeBatches(store.jobs.receiveDead, 50)).flat().filter(held => held.job.tenantId === tenantId)
