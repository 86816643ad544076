import type {
  CountOverdue,
  CountUnreadable,
  ExpireRemovals,
  ForgetSignIns,
  ResumeRemovals,
} from '@lethe/application'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Logger } from 'pino'
import { traceOf } from './log.js'

export interface SweepDeps {
  readonly expireRemovals: ExpireRemovals
  readonly resumeRemovals: ResumeRemovals
  readonly countOverdue: CountOverdue
  readonly countUnreadable: CountUnreadable
  readonly forgetSignIns: ForgetSignIns
  readonly tenants: ReadonlyArray<TenantId>
  readonly log: Logger
}

/** How often a worker sweeps, in milliseconds. */
const sweepMilliseconds = 60_000
/** How many requests of a tenant one sweep ends, or resumes, at most. */
const limit = 100

/**
 * Looks in every tenant for requests whose time is up: those that expire, those whose job is lost, and those that are past
 * their due date, which somebody has to know. And for sign-ins that were kept for as long as they may be.
 *
 * @returns how long to wait before the next sweep, in milliseconds.
 */
export const sweep = async (deps: SweepDeps): Promise<number> => {
  const waits = []
  for (const tenantId of deps.tenants) waits.push(await guarded(deps, tenantId))
  return Math.min(...waits, sweepMilliseconds)
}

/** An exception is a bug: it is logged, and keeps no other tenant from being swept. */
const guarded = async (deps: SweepDeps, tenantId: TenantId): Promise<number> => {
  try {
    return await sweepTenant(deps, tenantId)
  } catch (error) {
    deps.log.error({ ...traceOf(error), tenantId }, 'sweep failed')
    return sweepMilliseconds
  }
}

const sweepTenant = async (
  { expireRemovals, resumeRemovals, countOverdue, countUnreadable, forgetSignIns, log }: SweepDeps,
  tenantId: TenantId,
): Promise<number> => {
  const expired = await expireRemovals({ tenantId, limit })()
  const resumed = await resumeRemovals({ tenantId, limit })()
  const overdue = await countOverdue({ tenantId })()
  const unreadable = await countUnreadable({ tenantId })()
  const forgotten = await forgetSignIns({ tenantId })()
  if (
    E.isLeft(expired) ||
    E.isLeft(resumed) ||
    E.isLeft(overdue) ||
    E.isLeft(unreadable) ||
    E.isLeft(forgotten)
  ) {
    const operations = Object.entries({
      expireRemovals: expired,
      resumeRemovals: resumed,
      countOverdue: overdue,
      countUnreadable: unreadable,
      forgetSignIns: forgotten,
    }).flatMap(([name, outcome]) => (E.isLeft(outcome) ? [name] : []))
    log.warn({ tenantId, operations }, 'sweep put off: unavailable')
    return sweepMilliseconds
  }
  for (const { requestId, error } of expired.right.defects)
    log.error({ ...traceOf(error), tenantId, requestId }, 'request not expired')
  for (const requestId of expired.right.unreadable) log.error({ tenantId, requestId }, 'history unreadable')
  if (unreadable.right > 0)
    log.error(
      { tenantId, unreadable: unreadable.right },
      'histories cannot be read: lethe-api check says why',
    )
  if (resumed.right > 0) log.error({ tenantId, resumed: resumed.right }, 'removals had lost their jobs')
  if (overdue.right > 0) log.warn({ tenantId, overdue: overdue.right }, 'requests are past their due date')
  return expired.right.expired === limit || resumed.right === limit ? 0 : sweepMilliseconds
}
