import type { TenantId } from '@lethe/domain'
import type { HeldJob } from '../ports/jobs.js'
import type { StoreHarness } from './harness.js'
import { succeed } from './outcomes.js'

/** Takes every job that is due, so many at a time, and keeps them. */
export const receiveBatches = async (
  { store }: StoreHarness,
  limit: number,
): Promise<ReadonlyArray<ReadonlyArray<HeldJob>>> => {
  const batches: Array<ReadonlyArray<HeldJob>> = []
  for (;;) {
    const batch = await succeed(store.jobs.receive(limit))
    if (batch.length === 0) return batches
    batches.push(batch)
  }
}

/** Takes every job that is due and gives those of one tenant, in the order in which they came. */
export const receiveAll = async (
  h: StoreHarness,
  tenantId: TenantId,
  limit = 50,
): Promise<ReadonlyArray<HeldJob>> =>
  (await receiveBatches(h, limit)).flat().filter(held => held.job.tenantId === tenantId)
