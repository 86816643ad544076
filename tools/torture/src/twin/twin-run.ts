import { setTimeout } from 'node:timers/promises'
import { sha256Digest } from '@lethe/adapter-system'
import { storedRequests } from '../checks/rows.js'
import type { StoredRequest } from '../checks/seen.js'
import { checkStored } from '../checks/history-checks.js'
import { type Violation, violation } from '../checks/violation.js'
import type { Outcome } from '../outcome.js'
import { twinClients } from './twin-clients.js'
import { type Ledger, openTwinWorld, type TwinWorld, wrongEndingsCount } from './twin-world.js'

export interface TwinRun {
  readonly removals: number
  readonly seed: number
  readonly credential: 'application' | 'delegated'
  readonly say: (line: string) => void
  /** Ends the run where it is: it is inconclusive then. */
  readonly interrupted: AbortSignal
}

/** Each fault has this share of the calls. */
const share = 0.05
const atATime = 16
const lookMilliseconds = 1000
/** Longer than 500 removals take on a slow machine, in minutes. */
const mostMinutes = 90

/**
 * Removes people from a twin of Microsoft Graph that does everything wrong at once, until each request is completed: what failed
 * for good is retried, as an operator would. Then it looks at everything from the outside.
 */
export const twinRun = async ({
  removals,
  seed,
  credential,
  say,
  interrupted,
}: TwinRun): Promise<Pick<Outcome, 'violations' | 'inconclusive'>> => {
  const world = await openTwinWorld(credential)
  try {
    const clients = await twinClients(world)
    const people = await clients.people(removals)
    await world.setFaults(share, seed)
    say(
      `twin: ${people.length} removals, seed ${seed}, ${credential}; ${wrongEndingsCount} ways to go wrong at ${share * 100} % of the calls each`,
    )
    const started = performance.now()
    const paths = await eachOf(people, interrupted, clients.submit)
    await eachOf(paths, interrupted, path => clients.act(path, 'approve'))
    say(`all of them submitted and approved after ${secondsSince(started)} s`)
    let retries = 0
    let inconclusive: ReadonlyArray<string> = []
    for (;;) {
      const stored = await storedRequests(world.asOwner)
      const states = [...stored.values()].map(({ state }) => state)
      const failed = [...stored.values()].filter(({ state }) => state === 'failed')
      if (states.every(state => state === 'completed')) break
      if (interrupted.aborted) inconclusive = ['interrupted']
      else if (performance.now() - started > mostMinutes * 60_000) {
        const open = states.filter(state => state !== 'completed').length
        inconclusive = [`the time was up, and ${open} requests were not completed`]
      }
      if (inconclusive.length > 0) break
      await eachOf(failed, interrupted, ({ requestId }) =>
        clients.act(`/lethe/v1/removalRequests/${requestId}`, 'retry'),
      )
      retries += failed.length
      await setTimeout(lookMilliseconds)
    }
    const [stored, ledger] = [await storedRequests(world.asOwner), await world.ledger()]
    say(`${retries} retries by an operator; ${secondsSince(started)} s in all`)
    say(callsIn(ledger))
    return {
      violations:
        inconclusive.length > 0
          ? [...stored.values()].flatMap(request => checkStored(sha256Digest.envelope, request))
          : [...violationsIn(people, stored, ledger), ...(await leftovers(world))],
      inconclusive,
    }
  } finally {
    await world.close()
  }
}

const violationsIn = (
  people: ReadonlyArray<string>,
  stored: ReadonlyMap<string, StoredRequest>,
  ledger: Ledger,
): ReadonlyArray<Violation> => {
  const requests = [...stored.values()]
  const effects = new Map(ledger.people.map(({ userId, removals }) => [userId, removals]))
  return [
    ...(requests.length === people.length
      ? []
      : [violation('acknowledgedIsStored', `${people.length} were submitted, ${requests.length} are there`)]),
    ...requests.flatMap(request => [
      ...checkStored(sha256Digest.envelope, request),
      ...(request.state === 'completed'
        ? []
        : [violation('approvedEnds', `${request.requestId} is ${request.state}`)]),
      ...(request.events.some(({ envelope }) => envelope.type === 'approvalGiven')
        ? []
        : [violation('effectIsApproved', `${request.requestId} has no approval`)]),
    ]),
    ...people.flatMap(userId =>
      effects.get(userId) === 1
        ? []
        : [violation('oneEffect', `${effects.get(userId) ?? 0} effects for somebody`)],
    ),
    ...ledger.people.flatMap(({ inVain }) =>
      inVain === 0 ? [] : [violation('neverBlind', `${inVain} calls for somebody whose data was gone`)],
    ),
    ...[...effects.keys()].flatMap(userId =>
      people.includes(userId) ? [] : [violation('effectIsWanted', 'somebody was removed whom nobody named')],
    ),
  ]
}

/** Sign-ins are gone with their requests, and jobs with their work. */
const leftovers = async (world: TwinWorld): Promise<ReadonlyArray<Violation>> => {
  const signIns = await world.asOwner('select request_id from lethe.sign_in')
  const jobs = await world.asOwner(
    "select id from pgboss.job where name = 'perform-removal' and state in ('created', 'retry', 'active')",
  )
  return [
    ...(signIns.length === 0 ? [] : [violation('nothingIsLeft', `${signIns.length} sign-ins are left`)]),
    ...(jobs.length === 0 ? [] : [violation('queueIsDone', `${jobs.length} jobs are left`)]),
  ]
}

const callsIn = ({ calls }: Ledger): string =>
  calls
    .map(({ reads, writes }) => `reads ${JSON.stringify(reads)}, writes ${JSON.stringify(writes)}`)
    .join('; ')

const secondsSince = (started: number): number => Math.round((performance.now() - started) / 100) / 10

/** Does something for each, a few at a time. */
const eachOf = async <A, B>(
  all: ReadonlyArray<A>,
  interrupted: AbortSignal,
  work: (one: A) => Promise<B>,
): Promise<ReadonlyArray<B>> => {
  const done: Array<B> = []
  const waiting = [...all.entries()]
  const client = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !interrupted.aborted; next = waiting.shift())
      done[next[0]] = await work(next[1])
  }
  await Promise.all(Array.from({ length: atATime }, client))
  return done
}
