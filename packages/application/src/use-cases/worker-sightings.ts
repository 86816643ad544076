import type { TenantId } from '@lethe/domain'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaceStates } from '../ports/pace-states.js'
import type { Unavailable } from '../ports/problems.js'

/** So long after a worker was last seen there is likely to be none, in seconds: each says four times a minute that it is there. */
export const workerUnseenSeconds = 60

export interface ReportWorkerDeps {
  readonly paces: Pick<PaceStates, 'change'>
}

export type ReportWorker = (input: { readonly tenantId: TenantId }) => TE.TaskEither<Unavailable, void>

/** Leaves word that a worker serves a tenant now, by the clock of the store. */
export const reportWorker =
  ({ paces }: ReportWorkerDeps): ReportWorker =>
  ({ tenantId }) =>
    paces.change(tenantId, (state, nowMs) => [{ ...state, workerSeenAt: nowMs }, undefined])

export interface WorkerUnseenForDeps {
  readonly paces: Pick<PaceStates, 'read'>
}

export type WorkerUnseenFor = (input: {
  readonly tenantId: TenantId
}) => TE.TaskEither<Unavailable, number | null>

/** For how many seconds no worker that serves a tenant has been seen; null where none ever was. */
export const workerUnseenFor =
  ({ paces }: WorkerUnseenForDeps): WorkerUnseenFor =>
  ({ tenantId }) =>
    pipe(
      paces.read(tenantId),
      TE.map(({ state, nowMs }) => {
        const seenAt = state?.['workerSeenAt']
        return seenAt === undefined ? null : Math.max(0, Math.floor((nowMs - seenAt) / 1000))
      }),
    )
