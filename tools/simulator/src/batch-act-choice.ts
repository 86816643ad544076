import type { BatchId } from '@lethe/domain'
import type { Act } from './acts.js'
import type { Backstage } from './backstage.js'
import { codes, personFor, type SimulatedTenant } from './people.js'

/**
 * Somebody looks at a batch, or decides one as they once saw it: mostly one in which something waits, as it was last; sometimes any, as it
 * was long before.
 */
export const drawnBatchAct = (backstage: Backstage, tenant: SimulatedTenant): Act => {
  const { stage, known, batches, tenants } = backstage
  const { random } = stage
  const strangers = tenants.filter(other => other !== tenant)
  const { people } = strangers.length > 0 && random.chance(0.12) ? random.pick(strangers) : tenant
  if (random.chance(0.1))
    return {
      kind: 'listBatches',
      by: personFor(random, people, 'listRemovalRequests'),
      filter: random.pick([
        {},
        { states: ['pendingApproval' as const] },
        { states: ['completed', 'denied'] as const },
      ]),
      size: random.pick([1, 2, 50]),
    }
  const late = random.chance(0.6) ? addedLate(backstage, tenant) : null
  if (late !== null) return late
  const there = batches.ids.filter(id => known.inBatch(tenant.id, id).length > 0)
  const waiting = (id: BatchId): boolean =>
    known.inBatch(tenant.id, id).some(({ request }) => request.state === 'pendingApproval')
  if (random.chance(0.1)) {
    const kind = random.pick(['retryBatch', 'withdrawBatch'] as const)
    const by = personFor(random, people, kind === 'retryBatch' ? 'retry' : 'withdraw')
    return { kind, by, batch: random.pick(there.length > 0 && random.chance(0.95) ? there : batches.ids) }
  }
  const seen = batches.shownOf(tenant.id)
  const open = seen.filter(({ id }) => waiting(id))
  const last = open.at(-1) ?? seen.at(-1)
  const unseen = there.filter(id => waiting(id) && open.every(shown => shown.id !== id))
  if (last === undefined || random.chance(open.length > 0 ? 0.25 : 0.7))
    return {
      kind: 'preview',
      by: personFor(random, people, 'getRemovalRequest'),
      batch: random.pick(
        unseen.length > 0 && random.chance(0.7)
          ? unseen
          : there.length > 0 && random.chance(0.95)
            ? there
            : batches.ids,
      ),
    }
  const shown = random.chance(0.7) ? last : random.pick(seen)
  const pauses = batches.pausesOf(shown)
  const after = pauses.length > 0 && random.chance(0.5) ? random.pick(pauses) : null
  return random.chance(0.75)
    ? { kind: 'approveBatch', by: personFor(random, people, 'approve'), shown, after }
    : {
        kind: 'denyBatch',
        by: personFor(random, people, 'deny'),
        shown,
        after,
        code: random.pick(codes),
        note: random.pick([null, 'A note']),
      }
}

/** The one who made a batch that is closed adds to it; null where there is none. */
const addedLate = ({ stage: { random }, known }: Backstage, tenant: SimulatedTenant): Act | null => {
  const late = known
    .batches(tenant.id)
    .filter(({ closed }) => closed !== null)
    .flatMap(({ id, maker }) =>
      tenant.people.filter(({ caller }) => caller.userId === maker).map(by => ({ by, batch: id })),
    )
  const free = tenant.profiles.filter(({ userId }) => known.openFor(tenant.id, userId) === undefined)
  return late.length === 0
    ? null
    : {
        kind: 'submit',
        ...random.pick(late),
        userId: random.pick(free.length > 0 && random.chance(0.7) ? free : tenant.profiles).userId,
        receivedAt: null,
        receivedConfirmed: false,
      }
}
