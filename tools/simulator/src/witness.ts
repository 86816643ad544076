import type { Digest, StorePorts } from '@lethe/application'
import {
  type ActorReference,
  additionsIn,
  batchesOf,
  isOpen,
  type RemovalEvent,
  type RemovalRequest,
  type TenantId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { checkHistory, isSame } from './history-checks.js'
import type { KnownRequest, KnownRequests } from './known-requests.js'
import type { Stage } from './stage.js'
import { orThrow, readable } from './made.js'

/** Looks at the whole store, from outside, without faults and before anybody tampers with what comes out of it. */
export interface Witness {
  /** Looks at every request that is not the very one that was seen before: nothing else can have changed. */
  readonly observe: () => Promise<void>
  /** Looks at every request and at all of its history, whether it seems to have changed or not. */
  readonly observeAll: () => Promise<void>
}

/** What the witness looks at, and whom it tells what is new. */
export interface Watched {
  readonly store: StorePorts
  readonly digest: Digest
  readonly tenants: ReadonlyArray<TenantId>
  readonly tell: (known: KnownRequest, added: ReadonlyArray<RemovalEvent>) => Promise<void>
}

export const createWitness = (stage: Stage, known: KnownRequests, watched: Watched): Witness => {
  const { report } = stage
  const { removalRequests, actors } = watched.store
  const check = checkHistory(watched.digest.envelope)

  const observe = async (isKnown: (listed: RemovalRequest) => boolean, anew: boolean): Promise<void> => {
    const lists = await Promise.all(watched.tenants.map(async tenantId => listOf(tenantId)))
    for (const [index, tenantId] of watched.tenants.entries()) {
      const listed = lists[index] ?? []
      const changed = listed.filter(request => !isKnown(request))
      for (const request of changed) await examine(tenantId, request, anew)
      if (listed.length !== known.of(tenantId).length) await missing(tenantId, listed)
      if (changed.length > 0) {
        checkOneOpen(tenantId)
        checkOneInBatch(tenantId)
      }
    }
  }

  const listOf = async (tenantId: TenantId): Promise<ReadonlyArray<RemovalRequest>> =>
    orThrow(await removalRequests.list(tenantId, {}, { size: 10_000, after: null })()).items.map(readable)

  const examine = async (tenantId: TenantId, listed: RemovalRequest, anew: boolean): Promise<void> => {
    const { id } = listed
    const before = known.get(id) ?? null
    const proposal = known.proposed(id)
    const label = known.labelOf(id)
    if (proposal === undefined) return report('listIsExact', `${label} was never submitted`)
    if (proposal.tenantId !== tenantId || listed.tenantId !== tenantId)
      return report('tenantIsolation', `${label} is in the list of another tenant`)
    if (proposal.batch !== listed.batch)
      return report('batchIsExact', `${label} is in another batch than it was submitted to`)
    const others = watched.tenants.filter(other => other !== tenantId)
    const [loaded, history, ...elsewhere] = await Promise.all([
      removalRequests.load(tenantId, id)(),
      removalRequests.history(tenantId, id)(),
      ...others.map(async other => isSeen(other, id)),
    ])
    if (elsewhere.includes(true)) return report('tenantIsolation', `${label} is seen by another tenant`)
    const request = O.map(readable)(orThrow(loaded))
    const stored = orThrow(history)
    if (O.isNone(request)) return gone(label, id)
    if (O.isNone(stored)) return report('chainVerifies', `${label} has no history`)
    const sound = check(before, request.value, stored.value)
    const whole = anew ? check(null, request.value, stored.value) : sound
    if (E.isLeft(sound)) return report(sound.left.invariant, `${label}: ${sound.left.saw}`)
    if (E.isLeft(whole)) return report(whole.left.invariant, `${label}: ${whole.left.saw}`)
    if (!isSame(request.value, listed)) return report('listIsExact', `${label} is listed as something else`)
    const { events, states } = sound.right
    const added = events.slice(before?.events.length ?? 0)
    const next: KnownRequest = {
      ...proposal,
      label: before?.label ?? `R${known.all().length + 1}`,
      request: listed,
      events,
      states,
      hashes: stored.value.events.map(({ hash }) => hash),
      people: await peopleWith(before, tenantId, added),
    }
    known.put(next)
    checkAdditions(next, added)
    for (const { type } of added) stage.tally.count('events', type)
    await watched.tell(next, added)
  }

  const checkAdditions = (
    { tenantId, label, people }: KnownRequest,
    added: ReadonlyArray<RemovalEvent>,
  ): void => {
    for (const { batch, by } of added.flatMap(additionsIn)) {
      const made = known.batch(tenantId, batch)
      if (made !== undefined && people.get(by) !== made.maker)
        report('batchHasOneMaker', `${label} was added to a batch by somebody who did not make it`)
      if (made !== undefined && made.closed !== null)
        report('closedBatchStays', `${label} was added to a batch that is closed`)
    }
  }

  const isSeen = async (tenantId: TenantId, id: RemovalRequest['id']): Promise<boolean> => {
    const [loaded, history] = await Promise.all([
      removalRequests.load(tenantId, id)(),
      removalRequests.history(tenantId, id)(),
    ])
    return O.isSome(orThrow(loaded)) || O.isSome(orThrow(history))
  }

  const gone = (label: string, id: RemovalRequest['id']): void =>
    known.isAcknowledged(id)
      ? report('acknowledgedSubmissionExists', `${label} cannot be loaded`)
      : report('historyOnlyGrows', `${label} was there, and cannot be loaded`)

  const missing = async (tenantId: TenantId, listed: ReadonlyArray<RemovalRequest>): Promise<void> => {
    const ids = new Set(listed.map(({ id }) => id))
    for (const { id, label } of known.of(tenantId).filter(each => !ids.has(each.id))) {
      const loaded = orThrow(await removalRequests.load(tenantId, id)())
      if (O.isNone(loaded)) gone(label, id)
      else report('listIsExact', `${label} exists, and is not in the list of all`)
    }
  }

  const checkOneOpen = (tenantId: TenantId): void => {
    const open = known.of(tenantId).filter(({ request }) => isOpen(request.state))
    for (const { userId, label } of open) {
      const rivals = open.filter(other => other.userId === userId)
      if (rivals.length > 1)
        return report('oneOpenRequest', `${rivals.map(rival => rival.label).join(', ')}, beside ${label}`)
    }
  }

  const checkOneInBatch = (tenantId: TenantId): void => {
    const seen = new Map<string, KnownRequest>()
    for (const each of known.of(tenantId)) {
      if (known.isSubjectErased(each.id)) continue
      for (const batch of batchesOf(each.request)) {
        const key = `${batch} ${each.userId}`
        const rival = seen.get(key)
        if (rival !== undefined)
          return report('oneRequestInBatch', `${rival.label} and ${each.label} are for the same profile`)
        seen.set(key, each)
      }
    }
  }

  /** Who stands behind references is learnt when they come up: they may be erased later. */
  const peopleWith = async (
    before: KnownRequest | null,
    tenantId: TenantId,
    added: ReadonlyArray<RemovalEvent>,
  ): Promise<KnownRequest['people']> => {
    const references = added.flatMap(referencesIn)
    if (references.length === 0) return before?.people ?? new Map()
    const found = orThrow(await actors.resolve(tenantId, references)())
    return new Map([
      ...(before?.people ?? []),
      ...[...found].flatMap(([reference, actor]) =>
        actor.kind === 'person' ? [[reference, actor.userId] as const] : [],
      ),
    ])
  }

  return {
    observe: async () => observe(listed => known.get(listed.id)?.request === listed, false),
    observeAll: async () => observe(() => false, true),
  }
}

const referencesIn = ({ data }: RemovalEvent): ReadonlyArray<ActorReference> => [
  ...('submittedBy' in data ? [data.submittedBy] : []),
  ...('by' in data ? [data.by] : []),
]
