import type { BlockedBy, RemovalRequestId, TenantId } from '@lethe/domain'
import { bareEnding, type Ending, type EndingKind } from './endings.js'
import type { GraphCall } from './graph-call.js'

/** Why nothing can be done for anybody of a tenant now. */
export interface TenantBlock {
  readonly tenantId: TenantId
  readonly by: BlockedBy
  /** ISO 8601, UTC. */
  readonly since: string
}

export interface BlockLimits {
  /** After so long a call is let through to see whether it still holds, in milliseconds. */
  readonly probeMs: number
  /** The removals of so many people in a row must be answered 403. */
  readonly refusals: number
  /** Whether removals go out with people's own sign-ins: then what is wrong with one holds nobody else back. */
  readonly delegated: boolean
}

export const defaultBlockLimits: BlockLimits = { probeMs: 60_000, refusals: 3, delegated: false }

/** What holds everybody of a tenant back, of what is done in Lethe's own name. */
export interface Blocks {
  /** @returns how a call ends that is not to be made now; null where it may be made. */
  readonly beforeCall: (call: BlockableCall) => Ending<never> | null
  /** Learns from how a call ended. @returns how it ended, given that: a call that found a block is to be made again later. */
  readonly afterCall: <A>(call: BlockableCall, ending: Ending<A>) => Ending<A>
  readonly all: () => ReadonlyArray<TenantBlock>
}

type BlockableCall = Pick<GraphCall<unknown>, 'tenantId' | 'removing'>

/** Holds nothing back: for one operator, who learns at once what is wrong. */
export const noBlocks: Blocks = {
  beforeCall: () => null,
  afterCall: (_, ending) => ending,
  all: () => [],
}

interface Block {
  readonly since: string
  probesAtMs: number
  /** Whose removal probed last; null where a read did. */
  probedFor: RemovalRequestId | null
  /** Whether another request was held back since: then it is that one's turn to probe. */
  othersWait: boolean
}

interface TenantState {
  readonly blocks: Map<BlockedBy, Block>
  /** Requests whose removals were answered 403, with none taken in between. */
  refused: ReadonlyArray<RemovalRequestId>
}

/** Endings that show that the token was taken. */
const tokenTaken: ReadonlySet<EndingKind> = new Set([
  'found',
  'noContent',
  'accepted',
  'oddAnswer',
  'badRequest',
  'forbidden',
  'notFound',
  'methodNotAllowed',
  'conflict',
  'locked',
])
const notTaken: ReadonlySet<EndingKind> = new Set(['unauthorized', 'claimsChallenge', 'signInRequired'])
const removalTaken: ReadonlySet<EndingKind> = new Set(['noContent', 'accepted'])

/**
 * Blocks of each tenant, in this process. Time is `Date.now()`.
 *
 * @param onChange is told each change; null where a block is over.
 * @param random gives a number from 0 to 1, so that those who wait do not come back all at once.
 */
export const tenantBlocks = (
  { probeMs, refusals, delegated }: BlockLimits,
  onChange: (tenantId: TenantId, by: BlockedBy, since: string | null) => void,
  random: () => number,
): Blocks => {
  const tenants = new Map<TenantId, TenantState>()
  const of = (tenantId: TenantId): TenantState => {
    const known = tenants.get(tenantId)
    if (known !== undefined) return known
    const made: TenantState = { blocks: new Map(), refused: [] }
    tenants.set(tenantId, made)
    return made
  }

  const held = (by: BlockedBy): Ending<never> =>
    bareEnding(
      by === 'credential' ? 'credentialBlocked' : 'permissionBlocked',
      Math.ceil((probeMs * (1 + 4 * random())) / 1000),
    )

  const close = (tenantId: TenantId, by: BlockedBy): void => {
    const { blocks } = of(tenantId)
    const known = blocks.get(by)
    const nowMs = Date.now()
    if (known !== undefined) known.probesAtMs = nowMs + probeMs
    else {
      const since = new Date(nowMs).toISOString()
      blocks.set(by, { since, probesAtMs: nowMs + probeMs, probedFor: null, othersWait: false })
      onChange(tenantId, by, since)
    }
  }

  const open = (tenantId: TenantId, by: BlockedBy): void => {
    if (of(tenantId).blocks.delete(by)) onChange(tenantId, by, null)
  }

  /** Whether a block lets the call through, as the one that probes it. */
  const probes = (block: Block, requestId: RemovalRequestId | null): boolean => {
    const anothersTurn = requestId !== null && requestId === block.probedFor && block.othersWait
    if (Date.now() < block.probesAtMs || anothersTurn) {
      if (requestId !== block.probedFor) block.othersWait = true
      return false
    }
    block.probesAtMs = Date.now() + probeMs
    block.probedFor = requestId
    block.othersWait = false
    return true
  }

  return {
    beforeCall: ({ tenantId, removing }) => {
      if (delegated && removing !== null) return null
      const { blocks } = of(tenantId)
      const requestId = removing?.requestId ?? null
      const relevant: ReadonlyArray<BlockedBy> =
        removing === null ? ['credential'] : ['credential', 'permission']
      const by = relevant.find(each => {
        const block = blocks.get(each)
        return block !== undefined && !probes(block, requestId)
      })
      return by === undefined ? null : held(by)
    },
    afterCall: ({ tenantId, removing }, ending) => {
      if (delegated && removing !== null) return ending
      const tenant = of(tenantId)
      if (notTaken.has(ending.kind)) {
        close(tenantId, 'credential')
        return held('credential')
      }
      if (tokenTaken.has(ending.kind)) open(tenantId, 'credential')
      if (removing === null) return ending
      if (removalTaken.has(ending.kind)) {
        tenant.refused = []
        open(tenantId, 'permission')
      }
      if (ending.kind !== 'forbidden') return ending
      tenant.refused = [...tenant.refused.filter(id => id !== removing.requestId), removing.requestId].slice(
        -refusals,
      )
      if (tenant.refused.length < refusals) return ending
      close(tenantId, 'permission')
      return held('permission')
    },
    all: () =>
      [...tenants].flatMap(([tenantId, { blocks }]) =>
        [...blocks].map(([by, { since }]) => ({ tenantId, by, since })),
      ),
  }
}
