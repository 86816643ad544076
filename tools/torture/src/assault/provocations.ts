import type { AnsweredRoute, KillPoint } from '../kill-points.js'
import { made } from '../made.js'
import { until } from '../waiting.js'
import type { Member } from '../world/fleet.js'
import type { World } from '../world/world.js'
import { cutConnections, deliverEarly, wearOutWaiting } from './queue-faults.js'
import * as t from 'io-ts'

/** What brings a process to a point that it would seldom come to by itself. */
export interface Provocation {
  /** A route that clients are to take more often; null for none. */
  readonly urge: AnsweredRoute | null
  /** What only a process that has just started comes to at once: then it is started again. */
  readonly atStart: ((member: Member) => Promise<void>) | null
  /** Done again and again until the process is there. */
  readonly meanwhile: () => Promise<unknown>
}

const nothing: Provocation = { urge: null, atStart: null, meanwhile: () => Promise.resolve() }
const urging = (urge: AnsweredRoute): Provocation => ({ ...nothing, urge })

const twoDays = 2 * 86_400_000

/** How long preparations may take, in milliseconds; where that was too short, the point is tried again. */
const preparation = 8000

const routeOf: ReadonlyMap<string, AnsweredRoute> = new Map<string, AnsweredRoute>([
  ['commit submit', 'removePersonalData'],
  ['commit join', 'ownBatch'],
  ['commit approve', 'approve'],
  ['commit approveLast', 'approve'],
  ['commit deny', 'deny'],
  ['commit withdraw', 'withdraw'],
  ['commit retry', 'retry'],
  ['commit close', 'close'],
  ['answer removePersonalData', 'removePersonalData'],
  ['answer batch', 'batch'],
  ['answer profile', 'profile'],
  ['answer profiles', 'profiles'],
  ['answer submit', 'submit'],
  ['answer list', 'list'],
  ['answer get', 'get'],
  ['answer history', 'history'],
  ['answer approve', 'approve'],
  ['answer deny', 'deny'],
  ['answer withdraw', 'withdraw'],
  ['answer retry', 'retry'],
  ['answer close', 'close'],
  ['answer ownBatch', 'ownBatch'],
  ['answer previewBatch', 'previewBatch'],
  ['answer approveBatch', 'approveBatch'],
  ['answer denyBatch', 'denyBatch'],
  ['answer retryBatch', 'retryBatch'],
  ['answer withdrawBatch', 'withdrawBatch'],
  ['answer me', 'me'],
])

export const provocationOf = (world: World, point: KillPoint): Provocation => {
  const span = point.replace(/ (?:before|after)$/, '')
  const route = routeOf.get(span)
  if (route === 'retry' || route === 'close')
    return { ...urging(route), meanwhile: async () => world.conduct.insist('refused') }
  if (route !== undefined) return urging(route)
  const { asOwner } = world.database
  switch (span) {
    case 'commit expire':
      return {
        ...nothing,
        atStart: async member => {
          world.load.leaveOverdue(2)
          await until(() => someAre(world, expiringSoon), preparation, 100)
          member.skew(twoDays)
        },
      }
    case 'commit failDead':
    case 'jobs receiveDead':
      return {
        ...nothing,
        atStart: async () => {
          if (point === 'jobs receiveDead before') return
          const prepare = async (): Promise<boolean> => {
            world.conduct.insist('busy')
            await asOwnerOrNot(wearOutWaiting(asOwner))
            return someAre(world, dead)
          }
          await until(prepare, preparation, 300)
        },
      }
    case 'commit fail':
      return { ...nothing, meanwhile: async () => world.conduct.insist('refused') }
    case 'jobs renew':
      return { ...nothing, meanwhile: async () => world.conduct.insist('slow') }
    case 'jobs postpone':
      return {
        ...nothing,
        meanwhile: () => {
          world.conduct.insist('busy')
          return asOwnerOrNot(deliverEarly(asOwner))
        },
      }
    case 'jobs fail':
      return {
        ...nothing,
        meanwhile: () => {
          world.database.disturb()
          return asOwnerOrNot(cutConnections(asOwner, 'worker'))
        },
      }
    default:
      return nothing
  }
}

const expiringSoon = `
  select count(*)::int as count from lethe.removal_request
  where state = 'pendingApproval' and expires_at < pgboss.job_now() + interval '36 hours'`
const dead = `
  select count(*)::int as count from pgboss.job
  where name = 'perform-removal-dead' and state in ('created', 'retry')`

const Count = t.strict({ count: t.number })

const someAre = async ({ database }: World, query: string): Promise<boolean> => {
  const rows = await asOwnerOrNot(database.asOwner(query))
  return rows !== null && made(Count, rows[0]).count > 0
}

/** The database may be away, and is not asked a second time. */
export const asOwnerOrNot = async <A>(asked: Promise<A>): Promise<A | null> => {
  try {
    return await asked
  } catch {
    return null
  }
}
