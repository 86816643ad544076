import type { TenantId } from '@lethe/domain'
import { guarded } from './guarded.js'
import type { KnownRequest } from './known-requests.js'
import { orThrow } from './made.js'
import type { Person } from './people.js'
import { settled } from './scheduler.js'
import { begin } from './storm.js'
import { untilNextExpiry, untilNextJob } from './time-left.js'
import { fair } from './weather.js'
import type { World } from './world.js'

const mostSteps = 5000
const day = 86_400_000
const shortestPause = 30_000
/** No lease and no delay of the queue is as long. */
const longestPause = day / 4
/** Where the queue has lost jobs, they are made anew after a day. */
const longestPauseOfLossy = 4 * day

/** All faults stop, holders come to their end, and operators retry where that can help: until everything is at rest. */
export const playFair = async (world: World): Promise<void> => {
  const { stage } = world
  const { scheduler, tally, time } = stage
  makeFair(world)
  for (const known of world.known.all()) if (world.known.harms().has(known.id)) askAgain(world, known)
  const rest = createRest(world)
  for (let step = 0; step < mostSteps && stage.violation() === null; step += 1) {
    await settled()
    const turn = scheduler.take()
    if (turn === null) {
      const wait = await rest()
      if (wait === null) return
      time.pass(wait)
    } else {
      tally.count('steps', 'fair')
      await guarded(stage, turn.go)
      time.pass(10)
    }
  }
  if (stage.violation() === null)
    stage.report('comesToQuiet', `after ${mostSteps} steps without a fault there is still something to do`)
}

const makeFair = ({ stage, park, tenants, processes }: World): void => {
  stage.trace(() => 'all faults stop')
  stage.changeWeather(fair)
  stage.time.letClocksAgree()
  processes.keepOneWorker()
  for (const { id } of tenants) {
    park.configure(id, park.available(id))
    for (const holder of park.available(id)) holder.changeConduct(id, { signedOut: false })
  }
}

/**
 * What happens when everybody waits.
 *
 * @returns how long to let time pass, in milliseconds; null where nothing more is to come, or ever will.
 */
const createRest = (world: World): (() => Promise<number | null>) => {
  const { known, deliveries } = world
  let pause = shortestPause
  let delivered = -1
  let idleLooks = 0
  let overdueLooks = 0

  /** Whether jobs were delivered since it was last asked. */
  const isMoving = (): boolean => {
    const before = delivered
    // What cannot be read gets its job anew every day, for ever.
    delivered = deliveries.count(id => !known.isUnreadable(id))
    return before !== delivered
  }

  return async () => {
    const helpable = known.all().filter(each => canHelp(world, each))
    const ready = helpable.filter(each => !isGoing(world, each))
    for (const each of ready) retry(world, each)
    if (ready.length > 0) return 0
    const job = untilNextJob(world)
    if (job !== null) {
      pause = job > 0 || isMoving() ? shortestPause : pause * 2
      return pause > (deliveries.isLossy() ? longestPauseOfLossy : longestPause) ? null : Math.max(job, pause)
    }
    if (helpable.length > 0) return day
    const expiry = untilNextExpiry(world)
    if (expiry !== null) {
      // Within two days every worker has swept once more; the first look may be one that began before, as below.
      overdueLooks = expiry === 0 ? overdueLooks + 1 : 0
      return overdueLooks === 3 ? null : expiry + 2 * day
    }
    // What is left in the queue has nobody waiting for it: far enough ahead, all of it is due. The first look may be one
    // whose answer was on its way when the storm was over.
    idleLooks = isMoving() ? 0 : idleLooks + 1
    if (idleLooks < 2) return 30 * day
    return (await isBusy(world)) ? shortestPause : null
  }
}

/** Whether a job waits for a worker, or is at one: it may be one that was made anew for what cannot be read. */
const isBusy = async ({ store, tenants }: World): Promise<boolean> => {
  for (const { id } of tenants) {
    const { waiting, held } = orThrow(await store.backlogs.of(id)())
    if (waiting + held > 0) return true
  }
  return false
}

/** Whether a request failed for a reason that is over. Nothing helps what was tampered with. */
export const canHelp = (
  { park, known }: Pick<World, 'park' | 'known'>,
  { id, request, tenantId, userId }: KnownRequest,
): boolean =>
  request.state === 'failed' &&
  !known.harms().has(id) &&
  (request.failure.holder === null ||
    request.holders.some(({ name, state }) => state === 'failed' && !park.isHopeless(tenantId, name, userId)))

/** Whether somebody's data is on its way out: whoever retries before it is gone, retries again. */
const isGoing = ({ park }: World, { request, tenantId, userId }: KnownRequest): boolean =>
  request.holders.some(({ name }) => park.of(name)?.isGoing(tenantId, userId) === true)

const retry = (world: World, { id, tenantId }: KnownRequest): void => {
  for (const by of operatorsOf(world, tenantId)) begin(world, { kind: 'retry', by, id }, 0)
}

/** What was tampered with is asked for once more: there is an answer, and it is no request to come back later. */
const askAgain = (world: World, { tenantId, userId }: KnownRequest): void => {
  const asked = { userId, receivedAt: null, receivedConfirmed: false, batch: null }
  for (const by of operatorsOf(world, tenantId)) begin(world, { kind: 'submit', by, ...asked }, 0)
}

const operatorsOf = ({ tenants }: World, tenantId: TenantId): ReadonlyArray<Person> =>
  tenants.filter(({ id }) => id === tenantId).flatMap(({ people }) => people.slice(0, 1))
