import { HistoryResource, IdentityResource, RemovalRequestResource } from '@lethe/api-contract'
import { ProfileResource } from '@lethe/graph-contract'
import { decoded } from './decoded.js'

export const bobId = 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac'
export const annId = 'c228b2ae-c4fb-4eda-9620-7e73dddd1cad'
export const nobodyId = '00000000-0000-4000-8000-00000000dead'
export const tenantId = '11111111-0000-4000-8000-000000000001'
const adeleId = '22222222-0000-4000-8000-000000000001'
const meganId = '22222222-0000-4000-8000-000000000002'
const appId = '33333333-0000-4000-8000-000000000001'
export const requestId = (n: number): string => `0199a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`

export const profile = (over: object = {}): ProfileResource =>
  decoded(ProfileResource, {
    userId: bobId,
    userPrincipalName: 'bob@contoso.com',
    displayName: 'Bob',
    homeTenantId: '486fb458-9474-4c44-896b-b30942d055f0',
    ...over,
  })

export const removalRequest = (over: object = {}): RemovalRequestResource =>
  decoded(RemovalRequestResource, {
    id: requestId(1),
    userId: bobId,
    resourceTenantId: tenantId,
    batchId: null,
    batchIds: [],
    joins: [],
    state: 'pendingApproval',
    submittedDateTime: '2026-11-23T09:00:00Z',
    submittedBy: { userId: adeleId, appId },
    receivedDateTime: '2026-11-23T09:00:00Z',
    dueDateTime: '2026-12-23T23:59:59Z',
    expiryDateTime: null,
    approvalsRequired: 2,
    approvals: [{ by: { userId: meganId, appId }, approvedDateTime: '2026-11-24T09:00:00Z' }],
    denial: null,
    withdrawal: null,
    abandonment: null,
    failure: null,
    holders: [
      { name: 'graph', state: 'pending', attempts: 0, blockedBy: null, detail: null, holderRequestId: null },
    ],
    outcome: null,
    completedDateTime: null,
    ...over,
  })

export const denial = {
  code: 'legalClaims',
  note: 'Kept, for a "claim".\nSee file 7.',
  by: { userId: meganId, appId },
  deniedDateTime: '2026-11-25T09:00:00Z',
}
export const abandonment = {
  code: 'handledManually',
  note: 'By hand,\nticket 7.',
  by: { userId: meganId, appId },
  effects: 'possible',
  lastLook: [{ holder: 'graph', result: 'present' }],
  abandonedDateTime: '2026-11-26T09:00:00Z',
}
export const failure = {
  reason: 'signInRequired',
  holder: 'graph',
  detail: null,
  holderRequestId: null,
  failedDateTime: '2026-11-25T09:00:00Z',
}

const hash = (digit: string) => digit.repeat(64)

export const history = (over: object = {}): HistoryResource =>
  decoded(HistoryResource, {
    intact: true,
    broken: null,
    head: { sequence: 2, hash: hash('b') },
    value: [
      {
        envelope: {
          schemaVersion: 1,
          tenantId,
          requestId: requestId(1),
          sequence: 1,
          previousHash: null,
          type: 'removalRequested',
          at: '2026-11-23T09:00:00Z',
          data: { receivedAt: '2026-11-23T09:00:00.000Z', policy: { mode: 'automatic' }, expiresAt: null },
        },
        hash: hash('a'),
      },
      {
        envelope: {
          schemaVersion: 1,
          tenantId,
          requestId: requestId(1),
          sequence: 2,
          previousHash: hash('a'),
          type: 'removalApproved',
          at: '2026-11-23T09:01:00Z',
          data: { approvals: 0 },
        },
        hash: hash('b'),
      },
    ],
    ...over,
  })

export const identity = (over: object = {}): IdentityResource =>
  decoded(IdentityResource, {
    kind: 'workAccount',
    tenantId,
    userId: adeleId,
    appId,
    guest: false,
    contract: 'seed',
    operations: ['listProfiles', 'submit'],
    ...over,
  })

const part = (json: object): string => Buffer.from(JSON.stringify(json)).toString('base64url')

/** A token of Adele's that expires 2026-11-23T11:00:00Z. Nothing here checks its signature. */
export const token = `${part({ alg: 'RS256' })}.${part({ tid: tenantId, exp: 1_795_431_600 })}.c2lnbmF0dXJl`
