import { describe, expect, it } from 'vitest'
import * as E from 'fp-ts/lib/Either.js'
import {
  actionPath,
  BatchListItem,
  HistoryResource,
  historyPath,
  IdentityResource,
  removalRequestPath,
  RemovalRequestCollection,
  RemovalRequestResource,
  StatusResource,
} from '../src/index.js'
import { decoded } from './decoded.js'

const resource = {
  id: '0199a0b0-0000-7000-8000-000000000001',
  userId: 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac',
  resourceTenantId: '7b0c2f3e-1a5d-4c8e-9f62-3d4e5a6b7c81',
  batchId: null,
  batchIds: ['0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00'],
  joins: [
    {
      by: null,
      joinedDateTime: '2026-11-23T09:30:00Z',
      receivedDateTime: null,
      batchId: '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00',
    },
  ],
  state: 'denied',
  submittedDateTime: '2026-11-23T09:00:00Z',
  submittedBy: { userId: '1f0a6b52-93c7-4d2e-a8b1-6c5d4e3f2a10', appId: null },
  receivedDateTime: '2026-11-20T00:00:00Z',
  dueDateTime: '2026-12-21T23:59:59Z',
  expiryDateTime: null,
  approvalsRequired: 1,
  approvals: [{ by: null, approvedDateTime: '2026-11-23T10:00:00Z' }],
  denial: { code: 'legalClaims', note: null, by: null, deniedDateTime: '2026-11-23T10:00:00.5Z' },
  withdrawal: null,
  abandonment: null,
  failure: null,
  holders: [
    { name: 'graph', state: 'pending', attempts: 0, blockedBy: null, detail: null, holderRequestId: null },
  ],
  outcome: null,
  completedDateTime: null,
}

describe('a removal request', () => {
  it('is written as it was read', () => {
    expect(RemovalRequestResource.encode(decoded(RemovalRequestResource, resource))).toStrictEqual({
      ...resource,
      denial: { ...resource.denial, deniedDateTime: '2026-11-23T10:00:00.500Z' },
    })
  })

  it('drops what is not declared', () => {
    expect(decoded(RemovalRequestResource, { ...resource, displayName: 'Bob' })).not.toHaveProperty(
      'displayName',
    )
  })

  it('may have lost everybody that it referred to', () => {
    expect(decoded(RemovalRequestResource, { ...resource, userId: null, submittedBy: null })).toMatchObject({
      userId: null,
      submittedBy: null,
    })
  })

  it('comes in pages', () => {
    expect(decoded(RemovalRequestCollection, { value: [resource] })).not.toHaveProperty('@odata.nextLink')
    expect(E.isLeft(RemovalRequestCollection.decode({ value: [{ ...resource, state: '' }] }))).toBe(true)
  })

  it('may have words of a newer server, and is written with them again', () => {
    const newer = {
      ...resource,
      state: 'invented',
      denial: { code: 'invented', note: null, by: null, deniedDateTime: '2026-11-23T10:00:00Z' },
      abandonment: {
        code: 'invented',
        note: null,
        by: null,
        effects: 'invented',
        lastLook: [{ holder: 'graph', result: 'invented' }],
        abandonedDateTime: '2026-11-23T10:00:00Z',
      },
      failure: {
        reason: 'invented',
        holder: 'graph',
        detail: null,
        holderRequestId: null,
        failedDateTime: '2026-11-23T10:00:00Z',
      },
      holders: [
        {
          name: 'graph',
          state: 'invented',
          attempts: 0,
          blockedBy: 'invented',
          detail: null,
          holderRequestId: null,
        },
      ],
      outcome: 'invented',
    }
    expect(RemovalRequestResource.encode(decoded(RemovalRequestResource, newer))).toStrictEqual(newer)
  })

  it('has its paths', () => {
    const { id } = decoded(RemovalRequestResource, resource)
    expect(removalRequestPath(id)).toBe(`/lethe/v1/removalRequests/${resource.id}`)
    expect(historyPath(id)).toBe(`/lethe/v1/removalRequests/${resource.id}/history`)
    expect(actionPath(id, 'deny')).toBe(`/lethe/v1/removalRequests/${resource.id}/deny`)
  })
})

describe('words of a newer server', () => {
  const identity = {
    kind: 'invented',
    tenantId: null,
    userId: null,
    appId: null,
    guest: false,
    contract: 'invented',
    operations: ['invented'],
  }
  const listed = {
    id: '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00',
    submittedDateTime: '2026-11-23T09:00:00Z',
    closedDateTime: null,
    count: 1,
    states: [{ state: 'invented', count: 1 }],
    dueDateTime: null,
  }
  const status = {
    overdue: 0,
    unreadable: 0,
    queue: { waiting: 0, longestWaitSeconds: null, held: 0 },
    worker: { unseenSeconds: null },
    graph: { state: 'invented', sinceDateTime: null, blockedBy: 'invented' },
  }

  it('are read wherever there is a word', () => {
    expect(IdentityResource.encode(decoded(IdentityResource, identity))).toStrictEqual(identity)
    expect(BatchListItem.encode(decoded(BatchListItem, listed))).toStrictEqual(listed)
    expect(StatusResource.encode(decoded(StatusResource, status))).toStrictEqual(status)
  })
})

describe('a history', () => {
  it('keeps each event as it was hashed', () => {
    const hash = 'a'.repeat(64)
    const envelope = {
      schemaVersion: 1,
      tenantId: resource.resourceTenantId,
      requestId: resource.id,
      sequence: 1,
      previousHash: null,
      type: 'requestExpired',
      at: '2026-11-23T09:00:00.000Z',
      data: { kept: ['as', { it: 'is' }] },
    }
    const history = { intact: true, broken: null, head: { sequence: 1, hash }, value: [{ envelope, hash }] }
    expect(HistoryResource.encode(decoded(HistoryResource, history))).toStrictEqual(history)
  })
})
