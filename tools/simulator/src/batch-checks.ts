import type {
  Actor,
  BatchFilter,
  BatchRefusal,
  BatchStanding,
  BatchSummary,
  Decided,
  ListedBatch,
  Page,
  PageRequest,
} from '@lethe/application'
import {
  type BatchId,
  type Hash,
  type Instant,
  isOpen,
  type RemovalRequestId,
  type RemovalState,
  type StoredRequest,
  type TenantId,
  type UserId,
} from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import { digestOf } from './batch-digest.js'
import type { KnownBatch, KnownRequest, KnownRequests } from './known-requests.js'
import type { SimulatedTenant } from './people.js'
import type { Stage } from './stage.js'

interface OfBatch {
  readonly tenantId: TenantId
  readonly batch: BatchId
}

/** Compares what the store says of batches with the requests that are known to be in them. */
export interface BatchChecks {
  readonly list: (
    asked: { readonly tenantId: TenantId; readonly filter: BatchFilter; readonly page: PageRequest },
    found: Page<ListedBatch>,
  ) => void
  readonly summary: (tenantId: TenantId, batch: BatchId, found: O.Option<BatchSummary>) => void
  readonly refusalOf: (asked: OfBatch & { readonly actor: Actor }, found: BatchRefusal | null) => void
  readonly close: (
    asked: OfBatch & { readonly digest: Hash; readonly at: Instant },
    found: O.Option<BatchStanding>,
  ) => void
  readonly members: (
    asked: OfBatch & {
      readonly states: ReadonlyArray<RemovalState>
      readonly after: RemovalRequestId | null
      readonly limit: number
    },
    found: O.Option<ReadonlyArray<RemovalRequestId>>,
  ) => void
  readonly hasDecided: (
    asked: OfBatch & { readonly actor: Actor; readonly decided: Decided },
    found: boolean,
  ) => void
  readonly requestFor: (
    tenantId: TenantId,
    batch: BatchId,
    userId: UserId,
    found: O.Option<StoredRequest>,
  ) => void
}

export const batchChecks = (
  { report }: Pick<Stage, 'report'>,
  known: KnownRequests,
  tenants: ReadonlyArray<SimulatedTenant>,
): BatchChecks => {
  const homes = new Map(
    tenants.flatMap(({ profiles }) => profiles.map(({ userId, homeTenantId }) => [userId, homeTenantId])),
  )

  /** What a batch must look like, part by part. */
  const expected = (
    { reference, submittedAt, closed }: KnownBatch,
    members: ReadonlyArray<KnownRequest>,
  ): Readonly<Record<string, string>> => {
    const open = members.filter(({ request }) => isOpen(request.state))
    const here = members.filter(({ id }) => !known.isSubjectErased(id))
    return {
      maker: reference,
      submittedAt,
      closedAt: closed?.at ?? 'open',
      count: String(members.length),
      digest: digestOf(members),
      states: countsText(members.map(({ request }) => request.state)),
      homeTenants: countsText(here.map(({ userId }) => homes.get(userId) ?? 'unknown')),
      dueAt: open.map(({ request }) => request.dueAt).toSorted()[0] ?? 'none',
    }
  }

  const found = (summary: BatchSummary): Readonly<Record<string, string>> => ({
    maker: summary.maker,
    submittedAt: summary.submittedAt,
    closedAt: summary.closedAt ?? 'open',
    count: String(summary.count),
    digest: summary.digest,
    states: textOf([...summary.states]),
    homeTenants: textOf(summary.homeTenants.map(({ tenantId, count }) => [tenantId, count])),
    dueAt: summary.dueAt ?? 'none',
  })

  /** Whether all of these are requests of the tenant. */
  const isOfTenant = (tenantId: TenantId, ids: ReadonlyArray<RemovalRequestId>): boolean => {
    const stranger = ids.find(id => known.get(id)?.tenantId !== tenantId)
    if (stranger !== undefined)
      report('tenantIsolation', `a batch shows ${known.labelOf(stranger)} to another tenant`)
    return stranger === undefined
  }

  /** What a list must hold from there on, the newest first. */
  const expectedList = (tenantId: TenantId, { states }: BatchFilter, after: string | null) => {
    const all = known
      .batches(tenantId)
      .map(batch => ({ batch, members: known.inBatch(tenantId, batch.id) }))
      .toSorted((one, other) => (keyOf(one.batch) < keyOf(other.batch) ? 1 : -1))
    return all
      .slice(after === null ? 0 : all.findIndex(({ batch }) => batch.id === after) + 1)
      .filter(
        ({ members }) =>
          states === undefined || members.some(({ request }) => states.includes(request.state)),
      )
      .map(({ batch, members }) =>
        [batch.id, ...Object.values(listedPart(expected(batch, members)))].join(' '),
      )
  }

  return {
    list: ({ tenantId, filter, page: { size, after } }, { items, next }) => {
      const truth = expectedList(tenantId, filter, after)
      const said = items.map(({ id, submittedAt, closedAt, count, states, dueAt }) =>
        [
          id,
          ...Object.values(
            listedPart({
              submittedAt,
              closedAt: closedAt ?? 'open',
              count: String(count),
              states: textOf([...states]),
              dueAt: dueAt ?? 'none',
            }),
          ),
        ].join(' '),
      )
      const wanted = truth.slice(0, size)
      if (said.join() !== wanted.join())
        report('listIsExact', `a page of batches is ${said.join()}, and should be ${wanted.join()}`)
      if ((next !== null) !== truth.length > size)
        report(
          'listIsExact',
          `a page of ${size} of ${truth.length} batches says the wrong thing of the next one`,
        )
    },
    summary: (tenantId, id, answer) => {
      const members = known.inBatch(tenantId, id)
      const batch = known.batch(tenantId, id)
      if (O.isNone(answer) || batch === undefined) {
        if (members.length > 0) report('batchIsExact', `a batch of ${members.length} is not found`)
        if (O.isSome(answer)) report('tenantIsolation', 'a batch is found that this tenant does not have')
        return
      }
      const summary = answer.value
      if (!isOfTenant(tenantId, summary.sample)) return
      const [truth, said] = [expected(batch, members), found(summary)]
      const wrong = Object.keys(truth).find(part => truth[part] !== said[part])
      if (wrong !== undefined)
        report('batchIsExact', `the ${wrong} of a batch is ${truth[wrong]}, and is said to be ${said[wrong]}`)
      const ids = new Set(members.map(member => member.id))
      if (summary.sample.length !== Math.min(ids.size, 10) || !summary.sample.every(one => ids.has(one)))
        report('batchIsExact', `the sample of a batch of ${ids.size} is ${summary.sample.join()}`)
    },
    refusalOf: ({ tenantId, batch, actor }, refusal) => {
      if (
        actor.kind === 'person' &&
        !known.mayBeTold(tenantId, batch, actor.userId).includes(refusal?._tag ?? null)
      )
        report('answersFit', `somebody who adds to a batch is told ${refusal?._tag ?? 'that they may'}`)
    },
    close: ({ tenantId, batch, digest, at }, answer) => {
      const members = known.inBatch(tenantId, batch)
      if (O.isNone(answer)) {
        if (members.length > 0) report('batchIsExact', `a batch of ${members.length} is not found`)
        return
      }
      const standing = answer.value
      const waits = members.some(({ request }) => request.state === 'pendingApproval')
      if (standing.digest !== digestOf(members))
        report('batchIsExact', `the digest of a batch of ${members.length} is that of another one`)
      if (standing.waits !== waits)
        report('batchIsExact', `a batch is said to have ${waits ? 'nothing' : 'something'} that waits`)
      if (waits && digest === digestOf(members) && known.batch(tenantId, batch)?.closed === null)
        known.close(tenantId, batch, { digest, at })
    },
    members: ({ tenantId, batch, states, after, limit }, answer) => {
      const members = known.inBatch(tenantId, batch)
      if (O.isNone(answer)) {
        if (members.length > 0) report('batchIsExact', `a batch of ${members.length} is not found`)
        return
      }
      if (!isOfTenant(tenantId, answer.value)) return
      const wanted = members
        .filter(({ id, request }) => states.includes(request.state) && (after === null || id > after))
        .slice(0, limit)
        .map(({ id }) => id)
      if (answer.value.join() !== wanted.join())
        report(
          'batchIsExact',
          `${wanted.length} of a batch are to be come to next, and ${answer.value.length} are found`,
        )
    },
    hasDecided: ({ tenantId, batch, actor, decided }, answer) => {
      if (actor.kind !== 'person') return
      const did = known
        .inBatch(tenantId, batch)
        .some(({ events, people }) =>
          events.some(
            ({ type, data }) =>
              (decided.kind === 'approved'
                ? type === 'approvalGiven'
                : type === 'removalDenied' && data.code === decided.code) &&
              'by' in data &&
              people.get(data.by) === actor.userId,
          ),
        )
      if (answer !== did && !(did && known.isActorErased(tenantId, actor.userId)))
        report('batchIsExact', `somebody is said to have decided ${answer ? 'some' : 'none'} of a batch`)
    },
    requestFor: (tenantId, batch, userId, answer) => {
      const truth = known.memberFor(tenantId, batch, userId)
      if (truth?.id !== (O.isSome(answer) ? answer.value.id : undefined))
        report('batchIsExact', `a batch has ${truth?.label ?? 'nothing'} for ${userId}, and another is found`)
    },
  }
}

const keyOf = ({ id, submittedAt }: KnownBatch): string => `${submittedAt} ${id}`

/** What a list says of a batch. */
const listedPart = ({ submittedAt, closedAt, count, states, dueAt }: Readonly<Record<string, string>>) => ({
  submittedAt,
  closedAt,
  count,
  states,
  dueAt,
})

const countsText = (values: ReadonlyArray<string>): string => {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return textOf([...counts])
}

const textOf = (counts: ReadonlyArray<readonly [string, number]>): string =>
  counts
    .map(([name, count]) => `${name} ${count}`)
    .toSorted()
    .join(', ')
