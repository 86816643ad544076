import {
  getBatch,
  getRemovalRequest,
  type ListedBatch,
  listRemovalRequests,
  type Page,
  type PageRequest,
} from '@lethe/application'
import { RemovalState } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { answerChecks } from './answer-checks.js'
import { batchChecks } from './batch-checks.js'
import { canHelp } from './fair-play.js'
import type { Effect } from './holder-ledger.js'
import type { KnownRequest } from './known-requests.js'
import { orThrow } from './made.js'
import { pagesFrom } from './pages.js'
import { grantOf } from './people.js'
import type { World } from './world.js'

const years = 5 * 365 * 86_400_000

/** What holds when everything has come to rest. */
export const checkEnd = async (world: World): Promise<void> => {
  await world.witness.observeAll()
  for (const known of world.known.all()) checkRequest(world, known)
  checkEffects(world)
  await checkShown(world)
  await checkLists(world)
  await checkBatches(world)
  await checkQueue(world)
}

const checkRequest = (world: World, known: KnownRequest): void => {
  const { report, time } = world.stage
  const { request, label } = known
  // It stays where it was: that it is shown so is another check.
  if (world.known.isUnreadable(known.id)) return
  switch (request.state) {
    case 'approved':
    case 'removing':
    case 'verifying':
      return report('approvedRequestEnds', `${label} is ${request.state}, and nobody works on it`)
    case 'failed':
      return canHelp(world, known)
        ? report('approvedRequestEnds', `${label} failed (${request.failure.reason}), and need not have`)
        : undefined
    case 'pendingApproval':
      return request.expiresAt !== null && request.expiresAt <= time.clock.now()
        ? report('undecidedRequestExpires', `${label} should have expired at ${request.expiresAt}`)
        : undefined
    case 'completed':
    case 'denied':
    case 'withdrawn':
    case 'abandoned':
    case 'expired':
  }
}

const checkEffects = ({ stage: { report }, known, park: { ledger } }: World): void => {
  const seen = new Map<string, Effect>()
  for (const effect of ledger.effects()) {
    const { holder, userId, generation, requestId, tenantId } = effect
    const label = known.labelOf(requestId)
    const key = `${holder} ${tenantId} ${userId} ${generation}`
    const earlier = seen.get(key)
    if (earlier !== undefined)
      report(
        'oneEffect',
        `${holder} removed the same data twice: for ${known.labelOf(earlier.requestId)} and for ${label}`,
      )
    seen.set(key, effect)
    const request = known.get(requestId)
    if (request?.userId !== userId || !request.events.some(({ type }) => type === 'removalStarted'))
      report('oneEffect', `${holder} removed data of ${userId} for ${label}, which never asked for it`)
  }
}

/** Every request is shown to the one who may see it, beside those that were tampered with. */
const checkShown = async (world: World): Promise<void> => {
  const { stage, store, digest, known, tenants } = world
  const deps = { ...store, digest }
  const checks = answerChecks(world)
  const shown = async <A>(task: TaskEither<unknown, A>, look: (answer: A) => void): Promise<void> => {
    const answer = await task()
    if (E.isRight(answer)) look(answer.right)
    else stage.report('tamperedStopsNobody', `there is no answer but ${JSON.stringify(answer.left)}`)
  }
  for (const { id: tenantId, people } of tenants)
    for (const by of people.slice(0, 1)) {
      const [list, get] = [grantOf('listRemovalRequests', by), grantOf('getRemovalRequest', by)]
      if (list === null || get === null) throw new Error('An administrator sees everything')
      const filter = {}
      const pages = pagesFrom(
        after => listRemovalRequests(deps)({ grant: list, filter, page: { size: 2, after } }),
        null,
      )
      await shown(pages, items =>
        checks.listed({ kind: 'list', by, filter, size: 2 }, known.of(tenantId), items),
      )
      for (const { id, request } of known.of(tenantId))
        await shown(getRemovalRequest(deps)({ grant: get, id }), view =>
          checks.shown(by, view, request.version),
        )
      for (const { id } of known.batches(tenantId))
        await shown(getBatch(deps)({ grant: get, id }), ({ sample }) => {
          for (const view of sample) checks.shown(by, view, 1)
        })
    }
}

/** Comes last, because it lets years pass: whatever there is in the queue is due then, and held by nobody. */
const checkQueue = async ({ stage: { report, time }, store: { jobs } }: World): Promise<void> => {
  time.pass(years)
  const [live, dead] = [orThrow(await jobs.receive(100)()), orThrow(await jobs.receiveDead(100)())]
  if (live.length > 0) report('queueIsEmpty', `${live.length} jobs are left`)
  if (dead.length > 0) report('queueIsEmpty', `${dead.length} dead jobs are left`)
}

/** Batches are what was submitted to them. */
const checkBatches = async ({ stage, store, known, tenants, batches }: World): Promise<void> => {
  const checks = batchChecks(stage, known, tenants)
  for (const { id: tenantId } of tenants) {
    for (const batch of batches.ids)
      checks.summary(tenantId, batch, orThrow(await store.batches.summary(tenantId, batch)()))
    let after: string | null = null
    do {
      const page: PageRequest = { size: 1, after }
      const found: Page<ListedBatch> = orThrow(await store.batches.list(tenantId, {}, page)())
      checks.list({ tenantId, filter: {}, page }, found)
      after = found.next
    } while (after !== null)
  }
}

/** Lists by state and by person, page by page, hold exactly the requests that they should. */
const checkLists = async ({ stage: { report }, store, known, tenants, batches }: World): Promise<void> => {
  for (const { id: tenantId, label, profiles } of tenants) {
    const requests = known.of(tenantId)
    const filters = [
      ...Object.keys(RemovalState.keys)
        .filter(RemovalState.is)
        .map(state => ({
          states: [state],
          expected: requests.filter(({ request }) => request.state === state),
        })),
      ...batches.ids.map(batch => ({ batch, expected: known.inBatch(tenantId, batch) })),
      ...profiles.map(({ userId }) => ({
        userId,
        expected: requests.filter(each => each.userId === userId && !known.isSubjectErased(each.id)),
      })),
    ]
    for (const { expected, ...filter } of filters) {
      const ids: Array<string> = []
      let after: string | null = null
      do {
        const page: { readonly items: ReadonlyArray<{ readonly id: string }>; readonly next: string | null } =
          orThrow(await store.removalRequests.list(tenantId, filter, { size: 2, after })())
        ids.push(...page.items.map(({ id }) => id))
        after = page.next
      } while (after !== null)
      const wanted = expected
        .map(({ id }): string => id)
        .toSorted()
        .toReversed()
      if (ids.join() !== wanted.join())
        report('listIsExact', `${label}: ${JSON.stringify(filter)} lists ${ids.length} of ${wanted.length}`)
    }
  }
}
