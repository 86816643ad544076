import type { PaceState, PaceStates } from '@lethe/application'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { BlockKind } from './blocks.js'
import type { BreakerNews, BreakerState } from './breakers.js'

/** What there is to say of a tenant's Graph; what is left out is as it was. Moments are `Date.now()` of this process. */
export interface News {
  readonly breaker?: BreakerNews
  /** Since when Lethe's own credential is not taken; null where it is. */
  readonly credential?: number | null
  /** Since when the permission to remove is missing; null where it is not. */
  readonly permission?: number | null
  /** The same for reading. */
  readonly reading?: number | null
}

export const blockKinds: ReadonlyArray<BlockKind> = ['credential', 'permission', 'reading']

/** What there is to say of a block. */
export const blockNews = (kind: BlockKind, sinceMs: number | null): News => {
  switch (kind) {
    case 'credential':
      return { credential: sinceMs }
    case 'permission':
      return { permission: sinceMs }
    case 'reading':
      return { reading: sinceMs }
  }
}

/** What the processes of Lethe tell each other of each tenant's Graph, in the row that the pace of its writes is shared through. */
export interface Sharing {
  /** The same states. Each change of them tells what this process has to say, and hears what others said. */
  readonly states: PaceStates
  /** Tells the other processes: now, or with the next change where the store is away. */
  readonly tell: (tenantId: TenantId, news: News) => void
  /**
   * Hears what others said, unless that was done a moment ago. It waits half a second at most, and never rejects: without the
   * store, a process goes by what it knows.
   */
  readonly look: (tenantId: TenantId) => Promise<void>
  /** @param hear is told what others said since, and `first` where this process has just begun to listen. */
  readonly listen: (hear: (tenantId: TenantId, news: News, first: boolean) => void) => void
  /** Waits until everything is told, or could not be: half a second at most. */
  readonly settled: () => Promise<void>
}

/** What was heard is good for so long, in milliseconds. */
const freshMs = 2000
const patienceMs = 500
/** No breaker is heard to stay open for longer, whatever is in the row, in milliseconds. */
const farthestMs = 300_000

const breakerStates: ReadonlyArray<BreakerState> = ['closed', 'open', 'halfOpen']

interface Known {
  /** What the row said last; null where it was not seen yet. */
  row: PaceState | null
  lookedAtMs: number
  looking: Promise<void> | null
  /** What was not told yet. */
  untold: News
}

const nothing: News = {}

/** @param onBug is told of an error that is none of the store's being away. */
export const sharing = (given: PaceStates, onBug: (error: unknown) => void): Sharing => {
  const tenants = new Map<TenantId, Known>()
  const underWay = new Set<Promise<void>>()
  let hear: (tenantId: TenantId, news: News, first: boolean) => void = () => undefined

  const of = (tenantId: TenantId): Known => {
    const known = tenants.get(tenantId)
    if (known !== undefined) return known
    const made: Known = { row: null, lookedAtMs: Number.NEGATIVE_INFINITY, looking: null, untold: nothing }
    tenants.set(tenantId, made)
    return made
  }

  /** @param told what this process has just written there itself. */
  const saw = (tenantId: TenantId, row: PaceState, nowMs: number, told: News): void => {
    const known = of(tenantId)
    const first = known.row === null
    const own = new Set([...Object.keys(told), ...Object.keys(known.untold)])
    const news = newsIn(known.row ?? {}, row, nowMs, own)
    known.row = row
    known.lookedAtMs = Date.now()
    if (Object.keys(news).length > 0) hear(tenantId, news, first)
  }

  const change: PaceStates['change'] = (tenantId, changing) =>
    pipe(
      given.change(tenantId, (state, nowMs) => {
        const { untold } = of(tenantId)
        const [next, result] = changing(state, nowMs)
        const row = { ...state, ...next, ...written(untold, nowMs) }
        return [row, { row, nowMs, untold, result }]
      }),
      TE.map(({ row, nowMs, untold, result }) => {
        const known = of(tenantId)
        if (known.untold === untold) known.untold = nothing
        saw(tenantId, row, nowMs, untold)
        return result
      }),
    )

  const hearOf = async (tenantId: TenantId): Promise<void> => {
    if (of(tenantId).untold !== nothing) {
      await change(tenantId, () => [{}, null])()
      return
    }
    const read = await given.read(tenantId)()
    if (E.isRight(read)) saw(tenantId, read.right.state ?? {}, read.right.nowMs, nothing)
  }

  const guarded = async (work: Promise<void>): Promise<void> => {
    try {
      await work
    } catch (error) {
      onBug(error)
    }
  }

  /** One at a time for each tenant. */
  const looking = (tenantId: TenantId): Promise<void> => {
    const known = of(tenantId)
    if (known.looking !== null) return known.looking
    known.lookedAtMs = Date.now()
    const work = guarded(hearOf(tenantId)).finally(() => {
      known.looking = null
      underWay.delete(work)
    })
    known.looking = work
    underWay.add(work)
    return work
  }

  return {
    states: { change, read: given.read },
    tell: (tenantId, news) => {
      const known = of(tenantId)
      known.untold = { ...known.untold, ...news }
      // What is being read or told now may have begun before: after it, there is this to tell.
      const work = (known.looking ?? Promise.resolve())
        .then(() => (known.untold === nothing ? undefined : looking(tenantId)))
        .finally(() => underWay.delete(work))
      underWay.add(work)
    },
    look: async tenantId => {
      const known = of(tenantId)
      const age = Date.now() - known.lookedAtMs
      // A clock that was set back says nothing of how old it is.
      if (known.looking === null && age >= 0 && age < freshMs) return
      await atMost(looking(tenantId), patienceMs)
    },
    listen: heard => {
      hear = heard
    },
    settled: async () => {
      const told = async (): Promise<void> => {
        while (underWay.size > 0) await Promise.all(underWay)
      }
      await atMost(told(), patienceMs)
    },
  }
}

const since = {
  credential: 'credentialSince',
  permission: 'permissionSince',
  reading: 'readingSince',
} as const

/** What goes into the row, in the time of the store; 0 stands for never. */
const written = (news: News, nowMs: number): PaceState => {
  const there = (ms: number): number => ms + nowMs - Date.now()
  const state: Record<string, number> = {}
  if (news.breaker !== undefined) {
    state['breaker'] = breakerStates.indexOf(news.breaker.state)
    state['breakerSince'] = there(news.breaker.sinceMs)
    state['breakerUntil'] = there(news.breaker.untilMs)
  }
  for (const by of blockKinds) {
    const at = news[by]
    if (at !== undefined) state[since[by]] = at === null ? 0 : there(at)
  }
  return state
}

/** What a row says that it did not say before, in the time of this process. */
const newsIn = (before: PaceState, row: PaceState, nowMs: number, own: ReadonlySet<string>): News => {
  const here = (ms: number): number => ms - nowMs + Date.now()
  const differs = (names: ReadonlyArray<string>): boolean =>
    names.some(name => (before[name] ?? 0) !== (row[name] ?? 0))
  const news: { -readonly [Name in keyof News]: News[Name] } = {}
  if (!own.has('breaker') && differs(['breaker', 'breakerSince', 'breakerUntil']))
    news.breaker = {
      state: breakerStates[row['breaker'] ?? 0] ?? 'closed',
      sinceMs: here(row['breakerSince'] ?? nowMs),
      untilMs: Math.min(here(row['breakerUntil'] ?? nowMs), Date.now() + farthestMs),
    }
  for (const by of blockKinds) {
    const at = row[since[by]] ?? 0
    if (!own.has(by) && differs([since[by]])) news[by] = at === 0 ? null : here(at)
  }
  return news
}

const atMost = async (work: Promise<void>, ms: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
