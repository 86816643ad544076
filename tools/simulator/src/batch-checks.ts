import type {
  BatchFilter,
  BatchPending,
  BatchSummary,
  ListedBatch,
  Page,
  PageRequest,
} from '@lethe/application'
import {
  type BatchId,
  isOpen,
  type RemovalRequest,
  type RemovalRequestId,
  type TenantId,
  type UserId,
} from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import { digestOf } from './batch-digest.js'
import type { KnownRequest, KnownRequests } from './known-requests.js'
import type { SimulatedTenant } from './people.js'
import type { Stage } from './stage.js'

/** Compares what the store says of batches with the requests that are known to be in them. */
export interface BatchChecks {
  readonly list: (
    asked: { readonly tenantId: TenantId; readonly filter: BatchFilter; readonly page: PageRequest },
    found: Page<ListedBatch>,
  ) => void
  readonly summary: (tenantId: TenantId, batch: BatchId, found: O.Option<BatchSummary>) => void
  readonly pending: (
    asked: {
      readonly tenantId: TenantId
      readonly batch: BatchId
      readonly after: RemovalRequestId | null
      readonly limit: number
    },
    found: O.Option<BatchPending>,
  ) => void
  readonly requestFor: (
    tenantId: TenantId,
    batch: BatchId,
    userId: UserId,
    found: O.Option<RemovalRequest>,
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
  const expected = (members: ReadonlyArray<KnownRequest>): Readonly<Record<string, string>> => {
    const open = members.filter(({ request }) => isOpen(request.state))
    const here = members.filter(({ id }) => !known.isSubjectErased(id))
    return {
      count: String(members.length),
      digest: digestOf(members),
      states: countsText(members.map(({ request }) => request.state)),
      homeTenants: countsText(here.map(({ userId }) => homes.get(userId) ?? 'unknown')),
      dueAt: open.map(({ request }) => request.dueAt).toSorted()[0] ?? 'none',
    }
  }

  const found = (summary: BatchSummary): Readonly<Record<string, string>> => ({
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
  const expectedList = (tenantId: TenantId, { states }: BatchFilter, after: string | null) =>
    [...Map.groupBy(known.of(tenantId), ({ batch }) => batch)]
      .flatMap(([id, members]) => {
        const first = members.map(member => member.id).toSorted()[0]
        return id === null ||
          first === undefined ||
          (after !== null && first >= after) ||
          (states !== undefined && !members.some(({ request }) => states.includes(request.state)))
          ? []
          : [{ first, text: [id, ...Object.values(listedPart(expected(members)))].join(' ') }]
      })
      .toSorted((one, other) => (one.first < other.first ? 1 : -1))

  return {
    list: ({ tenantId, filter, page: { size, after } }, { items, next }) => {
      const truth = expectedList(tenantId, filter, after)
      const said = items.map(({ id, count, states, dueAt }) =>
        [
          id,
          ...Object.values(
            listedPart({ count: String(count), states: textOf([...states]), dueAt: dueAt ?? 'none' }),
          ),
        ].join(' '),
      )
      const wanted = truth.slice(0, size).map(({ text }) => text)
      if (said.join() !== wanted.join())
        report('listIsExact', `a page of batches is ${said.join()}, and should be ${wanted.join()}`)
      if ((next !== null) !== truth.length > size)
        report(
          'listIsExact',
          `a page of ${size} of ${truth.length} batches says the wrong thing of the next one`,
        )
    },
    summary: (tenantId, batch, answer) => {
      const members = known.inBatch(tenantId, batch)
      if (O.isNone(answer)) {
        if (members.length > 0) report('batchIsExact', `a batch of ${members.length} is not found`)
        return
      }
      const summary = answer.value
      if (!isOfTenant(tenantId, summary.sample)) return
      const [truth, said] = [expected(members), found(summary)]
      const wrong = Object.keys(truth).find(part => truth[part] !== said[part])
      if (wrong !== undefined)
        report('batchIsExact', `the ${wrong} of a batch is ${truth[wrong]}, and is said to be ${said[wrong]}`)
      const ids = new Set(members.map(({ id }) => id))
      if (summary.sample.length !== Math.min(ids.size, 10) || !summary.sample.every(id => ids.has(id)))
        report('batchIsExact', `the sample of a batch of ${ids.size} is ${summary.sample.join()}`)
    },
    pending: ({ tenantId, batch, after, limit }, answer) => {
      const members = known.inBatch(tenantId, batch)
      if (O.isNone(answer)) {
        if (members.length > 0) report('batchIsExact', `a batch of ${members.length} is not found`)
        return
      }
      const { digest, ids } = answer.value
      if (!isOfTenant(tenantId, ids)) return
      if (digest !== digestOf(members))
        report('batchIsExact', `the digest of a batch of ${members.length} is that of another one`)
      const waiting = members
        .filter(({ id, request }) => request.state === 'pendingApproval' && (after === null || id > after))
        .slice(0, limit)
      if (ids.join() !== waiting.map(({ id }) => id).join())
        report(
          'batchIsExact',
          `${waiting.length} of a batch are to be decided next, and ${ids.length} are found`,
        )
    },
    requestFor: (tenantId, batch, userId, found) => {
      const truth = known.memberFor(tenantId, batch, userId)
      if (truth?.id !== (O.isSome(found) ? found.value.id : undefined))
        report('batchIsExact', `a batch has ${truth?.label ?? 'nothing'} for ${userId}, and another is found`)
    },
  }
}

/** What a list says of a batch. */
const listedPart = ({ count, states, dueAt }: Readonly<Record<string, string>>) => ({ count, states, dueAt })

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
