import { addSeconds, type BatchId, isOpen, type RemovalState, UserId } from '@lethe/domain'
import type { Act } from './acts.js'
import type { Backstage } from './backstage.js'
import type { KnownRequest } from './known-requests.js'
import { made } from './made.js'
import { drawnBatchAct } from './batch-act-choice.js'
import { codes, type Person, personFor, type SimulatedTenant } from './people.js'
import { drawnGuid } from './seeded-identifiers.js'

const states: ReadonlyArray<RemovalState> = ['pendingApproval', 'failed', 'completed', 'removing']
type AboutRequest = 'approve' | 'deny' | 'withdraw' | 'retry' | 'close' | 'get' | 'history'

/** What somebody does next: mostly what makes sense, sometimes what does not. */
export const drawnAct = (backstage: Backstage): Act => {
  const { random } = backstage.stage
  const tenant = random.pick(backstage.tenants)
  const requests = backstage.known.of(tenant.id)
  const open = requests.filter(({ request }) => isOpen(request.state))
  const harmed = requests.filter(({ id }) => backstage.known.harms().has(id))
  const kind = random.weighted([
    [open.length < tenant.profiles.length ? 8 : 1, 'submit'],
    [requests.length > 0 ? 16 : 0, 'request'],
    [harmed.length > 0 ? 5 : 1, 'list'],
    [backstage.known.batches(tenant.id).length > 0 ? backstage.batchHabit : 0.3, 'batch'],
    [0.4, 'erase'],
  ] as const)
  switch (kind) {
    case 'submit':
      return drawnSubmission(backstage, tenant)
    case 'request':
      return drawnActOn(
        backstage,
        tenant,
        random.pick(
          harmed.length > 0 && random.chance(0.25)
            ? harmed
            : open.length > 0 && random.chance(0.8)
              ? open
              : requests,
        ),
      )
    case 'list':
      return {
        kind: 'list',
        by: personFor(random, tenant.people, 'listRemovalRequests'),
        filter: random.pick([
          {},
          { userId: random.pick(tenant.profiles).userId },
          { states: [random.pick(states)] },
          { batch: random.pick(backstage.batches.ids) },
        ]),
        size: random.pick([1, 2, 50]),
      }
    case 'batch':
      return drawnBatchAct(backstage, tenant)
    case 'erase':
      return random.pick<Act>([
        { kind: 'eraseSubject', by: random.pick(tenant.people), userId: random.pick(tenant.profiles).userId },
        {
          kind: 'eraseActor',
          by: random.pick(tenant.people),
          userId: random.pick(tenant.people).caller.userId,
        },
      ])
  }
}

const drawnSubmission = (backstage: Backstage, tenant: SimulatedTenant): Act => {
  const { random, time } = backstage.stage
  const now = time.clock.now()
  const by = personFor(random, tenant.people, 'submit')
  return {
    kind: 'submit',
    by,
    userId: random.weighted([
      [20, random.pick(tenant.profiles).userId],
      [1, tenant.local.userId],
      [1, made(UserId, drawnGuid(random))],
    ]),
    receivedAt: random.weighted([
      [10, null],
      [4, addSeconds(now, -random.between(0, 90 * 86_400))],
      [1, addSeconds(now, 3600)],
      [1, addSeconds(now, -400 * 86_400)],
    ]),
    receivedConfirmed: random.chance(0.5),
    batch: random.chance(0.7) ? drawnBatch(backstage, tenant, by) : null,
  }
}

/** Mostly a batch of one's own that is open, or a new one; sometimes whichever. */
const drawnBatch = (
  { stage: { random }, batches: { ids }, known }: Backstage,
  { id: tenantId }: SimulatedTenant,
  { caller }: Person,
): BatchId => {
  const own = ids.filter(id => {
    const batch = known.batch(tenantId, id)
    return batch === undefined || (batch.maker === caller.userId && batch.closed === null)
  })
  return random.pick(own.length > 0 && random.chance(0.8) ? own : ids)
}

/** Whoever asks for somebody as a part of a batch often asks for everybody else at the same time. */
export const drawnRest = ({ stage: { random }, tenants }: Backstage, act: Act): ReadonlyArray<Act> =>
  act.kind === 'submit' && act.batch !== null && random.chance(0.6)
    ? tenants
        .filter(({ people }) => people.includes(act.by))
        .flatMap(({ profiles }) => profiles.filter(({ userId }) => userId !== act.userId))
        .map(({ userId }) => ({ ...act, userId }))
    : []

const drawnActOn = (
  backstage: Backstage,
  tenant: SimulatedTenant,
  { id, request, people }: KnownRequest,
): Act => {
  const { random } = backstage.stage
  const isHarmed = backstage.known.harms().has(id)
  const kind = random.weighted(isHarmed ? anything() : weightsIn(request.state))
  const strangers = backstage.tenants.filter(other => other !== tenant)
  const from = strangers.length > 0 && random.chance(0.08) ? random.pick(strangers) : tenant
  switch (kind) {
    case 'approve': {
      // Mostly somebody who has nothing to do with it yet.
      const others = from.people.filter(({ caller }) => ![...people.values()].includes(caller.userId))
      return { kind, id, by: personFor(random, random.chance(0.7) ? others : from.people, kind) }
    }
    case 'withdraw':
    case 'retry':
      return { kind, id, by: personFor(random, from.people, kind) }
    case 'deny':
      return {
        kind,
        id,
        by: personFor(random, from.people, kind),
        code: random.pick(codes),
        note: random.pick([null, 'A note']),
      }
    case 'close':
      return {
        kind,
        id,
        by: personFor(random, from.people, kind),
        code: random.pick(['handledManually', 'duplicate', 'other']),
        note: random.pick([null, 'A note']),
      }
    case 'get':
      return { kind, id, by: personFor(random, from.people, 'getRemovalRequest') }
    case 'history':
      return { kind, id, by: personFor(random, from.people, 'getHistory') }
  }
}

/** What somebody does who knows nothing of what it is worth. */
const anything = (): ReadonlyArray<readonly [number, AboutRequest]> =>
  weights({ approve: 2, deny: 1, withdraw: 1, retry: 2, close: 1, get: 2, history: 1 })

const weightsIn = (state: RemovalState): ReadonlyArray<readonly [number, AboutRequest]> => {
  switch (state) {
    case 'pendingApproval':
      return weights({ approve: 20, deny: 1, withdraw: 1, retry: 0.3, close: 0.2, get: 1, history: 1 })
    case 'approved':
    case 'removing':
    case 'verifying':
      return weights({ approve: 2, deny: 0.5, withdraw: 1.5, retry: 1, close: 0.5, get: 1, history: 1 })
    case 'failed':
      return weights({ approve: 0.5, deny: 0.5, withdraw: 1.5, retry: 5, close: 4, get: 1, history: 1 })
    case 'completed':
    case 'denied':
    case 'withdrawn':
    case 'abandoned':
    case 'expired':
      return weights({ approve: 1, deny: 1, withdraw: 1, retry: 1, close: 1, get: 2, history: 1 })
  }
}

const weights = (of: Record<AboutRequest, number>): ReadonlyArray<readonly [number, AboutRequest]> => [
  [of.approve, 'approve'],
  [of.deny, 'deny'],
  [of.withdraw, 'withdraw'],
  [of.retry, 'retry'],
  [of.close, 'close'],
  [of.get, 'get'],
  [of.history, 'history'],
]
