import * as t from 'io-ts'
import { isKillPoint, type KillPoint } from './kill-points.js'

const Point = new t.Type<KillPoint, string, unknown>(
  'KillPoint',
  isKillPoint,
  (u, context) => (isKillPoint(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
)

/** A kill point to die at, after it was passed so many times. */
export const Armed = t.strict({ point: Point, passes: t.number }, 'Armed')
export type Armed = t.TypeOf<typeof Armed>

/** What a process of Lethe is started with, as JSON in its first argument. */
export const Start = t.strict(
  {
    role: t.keyof({ api: null, worker: null }),
    dataPlaneUrl: t.string,
    /** How far its clock is from the machine's. */
    clockOffset: t.number,
    armed: t.union([Armed, t.null]),
    /** Marks the processes of one run in the process table. */
    mark: t.string,
  },
  'Start',
)
export type Start = t.TypeOf<typeof Start>
export type ProcessRole = Start['role']

/** What a process of Lethe is told by the torture. */
export const Order = t.union(
  [
    t.strict({ type: t.literal('arm'), armed: t.union([Armed, t.null]) }),
    t.strict({ type: t.literal('clock'), offset: t.number }),
    t.strict({ type: t.literal('stop') }),
  ],
  'Order',
)
export type Order = t.TypeOf<typeof Order>

/** What a process of Lethe says. */
export const Report = t.union(
  [
    /** It is at work, and listens there; null for nowhere. */
    t.strict({ type: t.literal('ready'), port: t.union([t.number, t.null]) }),
    /** It asked the queue for jobs, and got an answer. */
    t.strict({ type: t.literal('asked') }),
  ],
  'Report',
)
export type Report = t.TypeOf<typeof Report>

/** What a process writes to its standard error, in a line of its own, right before it kills itself. */
export const lastWords = (point: KillPoint): string => `torture: killed at ${point}`
