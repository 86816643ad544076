import { isOpen } from '@lethe/domain'
import type { Seen } from './seen.js'
import { type Violation, violation } from './violation.js'

/** What must be so when nothing is going on. */
export const checkRest = (seen: Seen): ReadonlyArray<Violation> => [
  ...checkEnds(seen),
  ...checkOpenRequests(seen),
  ...seen.jobless
    .filter(requestId => !seen.tampered.has(requestId))
    .map(requestId => violation('jobIsThere', `${requestId} waited for work that no job was there for`)),
  ...seen.stray.map(requestId =>
    violation('writtenTogether', `there are rows of ${requestId}, and there is no such request`),
  ),
  ...checkQueue(seen),
  ...checkConnections(seen),
]

const checkEnds = ({ stored, tampered }: Seen): ReadonlyArray<Violation> =>
  [...stored.values()].flatMap(({ requestId, state, events }) =>
    !tampered.has(requestId) && (state === 'approved' || state === 'removing' || state === 'verifying')
      ? [
          violation(
            'approvedEnds',
            `${requestId} is ${state}, after ${events.at(-1)?.envelope.type ?? 'nothing'}`,
          ),
        ]
      : [],
  )

const checkOpenRequests = ({ stored }: Seen): ReadonlyArray<Violation> => {
  const open = new Map<string, string>()
  return [...stored.values()].flatMap(({ tenantId, requestId, subject, state }) => {
    if (subject === null || !isOpen(state)) return []
    const other = open.get(`${tenantId} ${subject}`)
    open.set(`${tenantId} ${subject}`, requestId)
    return other === undefined
      ? []
      : [violation('oneOpenRequest', `${requestId} and ${other} are about one profile`)]
  })
}

const checkQueue = ({ jobs, stored }: Seen): ReadonlyArray<Violation> =>
  jobs.map(({ queue, state, requestId }) =>
    violation(
      'queueIsDone',
      `a job is ${state} in ${queue} for ${requestId}, which is ${stored.get(requestId)?.state ?? 'unknown'}`,
    ),
  )

/** A transaction of Lethe is a matter of milliseconds; in seconds. */
const longestTransaction = 15

const checkConnections = ({ connections, mostConnections }: Seen): ReadonlyArray<Violation> => [
  ...(connections.length > mostConnections
    ? [violation('connections', `${connections.length} are open, and ${mostConnections} may be`)]
    : []),
  ...connections
    .filter(({ state, seconds }) => state.startsWith('idle in transaction') && seconds > longestTransaction)
    .map(({ name, seconds }) => violation('connections', `${name} idles in a transaction for ${seconds} s`)),
]
