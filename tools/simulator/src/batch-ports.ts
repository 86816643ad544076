import type { Batches } from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Backstage } from './backstage.js'
import { batchChecks } from './batch-checks.js'
import type { Deciding } from './deciding.js'
import type { StoreCalls } from './store-calls.js'

/** Batches as one strand of a process sees them, each answer compared with what is known. */
export const batchPorts = (
  { stage, known, tenants, store: { batches } }: Backstage,
  called: StoreCalls,
  deciding: Deciding | null,
): Batches => {
  const ofBatches = batchChecks(stage, known, tenants)
  return {
    list: (tenantId, filter, page) =>
      called({
        name: 'batches.list',
        about: () => `from ${page.after === null ? 'the beginning' : 'a page'} on`,
        run: batches.list(tenantId, filter, page),
        done: E.map(found => ofBatches.list({ tenantId, filter, page }, found)),
        said: ({ items }) => `${items.length} batches`,
      }),
    summary: (tenantId, batch) =>
      called({
        name: 'batches.summary',
        run: batches.summary(tenantId, batch),
        done: E.map(found => ofBatches.summary(tenantId, batch, found)),
        said: found => (O.isNone(found) ? 'nothing' : `${found.value.count} requests`),
      }),
    refusalOf: (tenantId, batch, actor) =>
      called({
        name: 'batches.refusalOf',
        run: batches.refusalOf(tenantId, batch, actor),
        done: E.map(found => ofBatches.refusalOf({ tenantId, batch, actor }, found)),
        said: found => found?._tag ?? 'none',
      }),
    close: (tenantId, batch, digest, at, isBegun) =>
      called({
        name: 'batches.close',
        run: batches.close(tenantId, batch, digest, at, isBegun),
        done: E.map(found => {
          deciding?.read()
          ofBatches.close({ tenantId, batch, digest, at }, found)
        }),
        said: found =>
          O.isNone(found) ? 'nothing' : found.value.waits ? 'something waits' : 'nothing waits',
      }),
    members: (tenantId, batch, states, after, limit) =>
      called({
        name: 'batches.members',
        about: () =>
          `${states.join(' or ')}, from ${after === null ? 'the beginning' : known.labelOf(after)} on`,
        run: batches.members(tenantId, batch, states, after, limit),
        done: E.map(found => ofBatches.members({ tenantId, batch, states, after, limit }, found)),
        said: found => (O.isNone(found) ? 'nothing' : found.value.map(known.labelOf).join(', ')),
      }),
    hasDecided: (tenantId, batch, actor, decided) =>
      called({
        name: 'batches.hasDecided',
        run: batches.hasDecided(tenantId, batch, actor, decided),
        done: E.map(found => ofBatches.hasDecided({ tenantId, batch, actor, decided }, found)),
        said: String,
      }),
    requestFor: (tenantId, batch, userId) =>
      called({
        name: 'batches.requestFor',
        about: () => userId,
        run: batches.requestFor(tenantId, batch, userId),
        done: E.map(found => ofBatches.requestFor(tenantId, batch, userId, found)),
        said: ({ _tag }) => _tag,
      }),
  }
}
