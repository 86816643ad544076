import type { PgBoss } from 'pg-boss'

/** The schema that pg-boss keeps its tables in. */
export const queueSchema = 'pgboss'
export const performQueue = 'perform-removal'
export const deadQueue = 'perform-removal-dead'

/** How the queue treats its jobs. */
export interface QueueSettings {
  /** For how long a worker holds a job before another one gets it, in seconds; 10 or more. */
  readonly leaseSeconds: number
  /** After so many deliveries a job is dead. */
  readonly mostDeliveries: number
}

export const usualQueueSettings: QueueSettings = { leaseSeconds: 60, mostDeliveries: 20 }

const hour = 3600
/** The longest that pg-boss keeps a job that nobody took. */
const year = 365 * 24 * hour
/** A holder may be slow; a worker that hangs for so long, though it renews its lease, has lost the job. */
const longestHoldSeconds = 12 * hour

const shared = (leaseSeconds: number) => ({
  heartbeatSeconds: leaseSeconds,
  expireInSeconds: longestHoldSeconds,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 600,
  retentionSeconds: year,
  // Completed jobs are of no use: the history has what happened.
  deleteAfterSeconds: hour,
})

/** Makes the queues as the settings say, or changes them to that. Needs the right to change the schema of pg-boss. */
export const createQueues = async (
  boss: PgBoss,
  { leaseSeconds, mostDeliveries }: QueueSettings,
): Promise<void> => {
  // A dead job is tried until its request was ended: what it waits for is the database, and nothing comes after it.
  const queues = [
    { name: deadQueue, options: { ...shared(leaseSeconds), retryLimit: 1_000_000 } },
    {
      name: performQueue,
      options: { ...shared(leaseSeconds), retryLimit: mostDeliveries - 1, deadLetter: deadQueue },
    },
  ]
  for (const { name, options } of queues) {
    await boss.createQueue(name, options)
    await boss.updateQueue(name, options)
  }
}
