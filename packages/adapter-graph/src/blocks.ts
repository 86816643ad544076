import type { BlockedBy, RemovalRequestId, TenantId } from '@lethe/domain'
import { bareEnding, type Ending, type EndingKind } from './endings.js'
import type { GraphCall } from './graph-call.js'

/**
 * What was found: `reading` is a 403 to a look, which holds no call back, because each look shows at once whether it is over. An
 * administrator sees it as the permission that it is for want of.
 */
export type BlockKind = BlockedBy | 'reading'

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
  /**
   * Takes in what another process found.
   *
   * @param sinceMs of `Date.now()`; null where the block is over.
   * @param probeNow whether the next call may see whether it still holds: as after a start, which may be with another credential.
   */
  readonly hear: (tenantId: TenantId, kind: BlockKind, sinceMs: number | null, probeNow: boolean) => void
  readonly all: () => ReadonlyArray<TenantBlock>
}

type BlockableCall = Pick<GraphCall<unknown>, 'tenantId' | 'removing'>

/** Holds nothing back: for one operator, who learns at once what is wrong. */
export const noBlocks: Blocks = {
  beforeCall: () => null,
  afterCall: (_, ending) => ending,
  hear: () => undefined,
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
  readonly blocks: Map<BlockKind, Block>
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
const readTaken: ReadonlySet<EndingKind> = new Set(['found', 'notFound'])

const nameOf = (kind: BlockKind): BlockedBy => (kind === 'reading' ? 'permission' : kind)

/**
 * Blocks of each tenant, as this process found or heard of them. Time is `Date.now()`.
 *
 * @param onChange is told each change of what an administrator sees; null where a block is over.
 * @param tell is told each change that this process found, and did not hear of; in milliseconds.
 * @param random gives a number from 0 to 1, so that those who wait do not come back all at once.
 */
export const tenantBlocks = (
  { probeMs, refusals, delegated }: BlockLimits,
  onChange: (tenantId: TenantId, by: BlockedBy, since: string | null) => void,
  tell: (tenantId: TenantId, kind: BlockKind, sinceMs: number | null) => void,
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

  const isSeen = (tenantId: TenantId, by: BlockedBy): boolean =>
    [...of(tenantId).blocks.keys()].some(kind => nameOf(kind) === by)

  const begin = (tenantId: TenantId, kind: BlockKind, sinceMs: number, probesAtMs: number): void => {
    const [by, since] = [nameOf(kind), new Date(sinceMs).toISOString()]
    const wasSeen = isSeen(tenantId, by)
    of(tenantId).blocks.set(kind, { since, probesAtMs, probedFor: null, othersWait: false })
    if (!wasSeen) onChange(tenantId, by, since)
  }

  const end = (tenantId: TenantId, kind: BlockKind): boolean => {
    const ended = of(tenantId).blocks.delete(kind)
    if (ended && !isSeen(tenantId, nameOf(kind))) onChange(tenantId, nameOf(kind), null)
    return ended
  }

  const close = (tenantId: TenantId, kind: BlockKind): void => {
    const nowMs = Date.now()
    const known = of(tenantId).blocks.get(kind)
    if (known !== undefined) known.probesAtMs = nowMs + probeMs
    else {
      begin(tenantId, kind, nowMs, nowMs + probeMs)
      tell(tenantId, kind, nowMs)
    }
  }

  const open = (tenantId: TenantId, kind: BlockKind): void => {
    if (end(tenantId, kind)) tell(tenantId, kind, null)
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
      if (removing === null) {
        if (ending.kind === 'forbidden') close(tenantId, 'reading')
        if (readTaken.has(ending.kind)) open(tenantId, 'reading')
        return ending
      }
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
    hear: (tenantId, kind, sinceMs, probeNow) => {
      if (sinceMs === null) {
        if (kind === 'permission') of(tenantId).refused = []
        end(tenantId, kind)
      } else if (!of(tenantId).blocks.has(kind))
        begin(tenantId, kind, sinceMs, Date.now() + (probeNow ? 0 : probeMs))
    },
    all: () =>
      [...tenants].flatMap(([tenantId, { blocks }]) =>
        [...blocks]
          // One of a name is enough.
          .filter(([kind]) => kind !== 'reading' || !blocks.has('permission'))
          .map(([kind, { since }]) => ({ tenantId, by: nameOf(kind), since })),
      ),
  }
}
