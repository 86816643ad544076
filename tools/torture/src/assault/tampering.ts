import { randomIdentifiers, sha256Digest } from '@lethe/adapter-system'
import {
  HolderName,
  Instant,
  PositiveInteger,
  type RemovalEvent,
  seal,
  type SealedEvent,
  type TenantId,
  UserId,
} from '@lethe/domain'
import { storedRequests } from '../checks/rows.js'
import type { StoredRequest } from '../checks/seen.js'
import { made } from '../made.js'
import type { Random } from '../random.js'
import type { World } from '../world/world.js'

/** What somebody may change who has the owner's password, and not the key that seals histories. */
const tamperings = [
  'event changed',
  'all events deleted',
  'tail cut, head moved back',
  'approval forged',
  'person exchanged',
] as const
export type Tampering = (typeof tamperings)[number]

/** A request that was tampered with, as it stood then. */
export interface Tampered extends Pick<StoredRequest, 'version' | 'headHash' | 'events'> {
  readonly how: Tampering
  /** How often the holder had been asked for it. */
  readonly calls: number
}

/** How many requests are tampered with at a time. */
const atOnce = 2

/**
 * Tampers with some open requests, at a moment at which nothing is going on: so it is certain what came before, and what after.
 *
 * @returns what was done.
 */
export const tamperWithSome = async (world: World, random: Random): Promise<ReadonlyArray<Tampering>> => {
  const { asOwner } = world.database
  const open = [...(await storedRequests(asOwner)).values()].filter(
    ({ requestId, state, subject }) =>
      (state === 'pendingApproval' || state === 'failed') &&
      subject !== null &&
      !world.tampered.has(requestId),
  )
  const chosen = random.shuffled(open).slice(0, atOnce)
  const done: Array<Tampering> = []
  for (const request of chosen) {
    const how = random.pick(tamperings.filter(one => isPossible(one, request)))
    await asOwner(
      `begin;
       alter table lethe.removal_event disable trigger append_only;
       ${statementFor(how, request, world, random)};
       alter table lethe.removal_event enable trigger append_only;
       commit`,
    )
    done.push(how)
    const after = (await storedRequests(asOwner)).get(request.requestId)
    if (after === undefined) throw new Error('A request was there, and is gone')
    const calls = world.ledger.calls().filter(({ requestId }) => requestId === request.requestId).length
    world.tampered.set(request.requestId, { ...after, how, calls })
  }
  return done
}

const isPossible = (how: Tampering, { state, version }: StoredRequest): boolean => {
  switch (how) {
    case 'tail cut, head moved back':
      return version > 1
    case 'approval forged':
      return state === 'pendingApproval'
    case 'event changed':
    case 'all events deleted':
    case 'person exchanged':
      return true
  }
}

const statementFor = (how: Tampering, request: StoredRequest, world: World, random: Random): string => {
  const { tenantId, requestId, events } = request
  const ofRequest = `tenant_id = '${tenantId}' and request_id = '${requestId}'`
  switch (how) {
    case 'event changed':
      return `update lethe.removal_event set data = data || '{"receivedAt": "2020-01-01T00:00:00.000Z"}'
        where ${ofRequest} and sequence = 1`
    case 'all events deleted':
      return `delete from lethe.removal_event where ${ofRequest}`
    case 'tail cut, head moved back':
      return `
        delete from lethe.removal_event where ${ofRequest} and sequence = ${events.length};
        update lethe.removal_request
        set version = version - 1, head_hash = decode('${events.at(-2)?.hash ?? ''}', 'hex') where ${ofRequest}`
    case 'approval forged':
      return forgedApproval(request, ofRequest)
    case 'person exchanged':
      return `update lethe.removal_subject set user_id = '${somebodyElse(world, tenantId, random)}' where ${ofRequest}`
  }
}

/** The approvals that the policy asks for, with every hash as it should be, and a job that is long overdue. */
const forgedApproval = (
  { tenantId, requestId, version, headHash }: StoredRequest,
  ofRequest: string,
): string => {
  const at = made(Instant, new Date().toISOString())
  const happened = (index: number) => ({
    tenantId,
    requestId,
    sequence: made(PositiveInteger, version + index),
    at,
  })
  const events: ReadonlyArray<RemovalEvent> = [
    ...[1, 2].map((index): RemovalEvent => ({
      ...happened(index),
      type: 'approvalGiven',
      data: { by: randomIdentifiers.actorReference() },
    })),
    { ...happened(3), type: 'removalApproved', data: { approvals: 2 } },
    { ...happened(4), type: 'removalStarted', data: { holders: [made(HolderName, 'graph')] } },
  ]
  const forged = seal(sha256Digest.envelope)({ sequence: version, hash: headHash }, events)
  return `
    insert into lethe.removal_event
      (tenant_id, request_id, sequence, schema_version, type, at, data, previous_hash, hash)
    values ${forged.map(rowOf).join(', ')};
    update lethe.removal_request
    set version = ${version + forged.length}, head_hash = decode('${forged.at(-1)?.hash ?? ''}', 'hex'),
      state = 'removing', expires_at = null, job_due_at = '2026-01-01T00:00:00Z'
    where ${ofRequest}`
}

const rowOf = ({ envelope, hash }: SealedEvent): string => {
  const { tenantId, requestId, sequence, schemaVersion, type, at, data, previousHash } = envelope
  return `('${tenantId}', '${requestId}', ${sequence}, ${schemaVersion}, '${type}', '${at}',
    '${JSON.stringify(data)}', decode('${previousHash ?? ''}', 'hex'), decode('${hash}', 'hex'))`
}

/** Somebody who is there to be removed, and whom nobody has asked for. */
const somebodyElse = (world: World, tenantId: TenantId, random: Random): UserId => {
  const userId = made(UserId, random.guid())
  world.ledger.add(tenantId, userId)
  return userId
}
