import type { TenantId, UserId } from '@lethe/domain'
import type { HandOn, HistoryEntry, ReadHistory, TellEntries } from '@lethe/standalone/history'
import * as E from 'fp-ts/lib/Either.js'
import type { Refusal } from '../refusal.js'
import {
  graphHistoryCheckResource,
  graphHistoryEntryOf,
  graphHistoryEntryResource,
} from '../resources/graph-history.js'
import type { LocalSession, PerformLocally } from '../session.js'
import { loadLocalHistory } from './standalone.js'

export interface AskedHistory {
  readonly tenant: string | null
  /** Only what is about this person; null for everything. */
  readonly userId: UserId | null
  readonly verify: boolean
}

/** How many entries are written at once. */
const atOnce = 500

/** Shows the local history, or whether it is intact. Where it is not, what comes before that is shown, and the end is a refusal. */
export const showLocalHistory =
  ({ tenant, userId, verify }: AskedHistory): PerformLocally =>
  session =>
  async () => {
    const { historyEntries, historyPlace, readHistory, readTenant } = await loadLocalHistory()
    const tenantId = readTenant(session.io.env, tenant)
    if (E.isLeft(tenantId)) return tenantId
    const place = historyPlace(session.io.env, tenantId.right)
    if (E.isLeft(place)) return place
    const read = (handOn: HandOn<Refusal>): Promise<E.Either<Refusal, ReadHistory>> =>
      readHistory(place.right, tenantId.right, handOn)
    return verify
      ? showCheck(session, tenantId.right, await read(() => Promise.resolve(E.right(undefined))))
      : showEntries(session, historyEntries(place.right, tenantId.right, userId), read)
  }

const showCheck = async (
  session: LocalSession,
  tenantId: TenantId,
  read: E.Either<Refusal, ReadHistory>,
): Promise<E.Either<Refusal, void>> => {
  if (E.isLeft(read)) return read
  const { broken, end, unfinished } = read.right
  const shown = await session.output.one(graphHistoryCheckResource, {
    tenantId,
    intact: broken === null,
    brokenAt: broken?.position ?? null,
    brokenBecause: broken?.reason ?? null,
    entries: end?.position ?? 0,
    headHash: end?.hash ?? null,
    unfinished: unfinished !== null,
  })()
  const ending = await endingOf(session, read.right)
  return E.isLeft(ending) ? ending : shown
}

/** Shows entries as they are read, some at once. */
const showEntries = async (
  session: LocalSession,
  tell: TellEntries,
  read: (handOn: HandOn<Refusal>) => Promise<E.Either<Refusal, ReadHistory>>,
): Promise<E.Either<Refusal, void>> => {
  const list = session.output.list(graphHistoryEntryResource)
  let waiting: ReadonlyArray<HistoryEntry> = []
  let count = 0
  const show = async (): Promise<E.Either<Refusal, void>> => {
    const entries = waiting.map(graphHistoryEntryOf)
    count += entries.length
    waiting = []
    return list.add(entries)()
  }
  const done = await read(async line => {
    const told = await tell(line)
    if (E.isLeft(told)) return told
    waiting = [...waiting, ...told.right]
    return waiting.length < atOnce ? E.right(undefined) : show()
  })
  if (E.isLeft(done)) {
    await list.breakOff()
    return done
  }
  const shown = await show()
  const ended = E.isLeft(shown) ? shown : await list.end()()
  if (count === 0) await session.say('nothing found.')
  const ending = await endingOf(session, done.right)
  return E.isLeft(ending) ? ending : ended
}

/** Whether the history is intact counts for more than whether anybody reads of it. */
const endingOf = async (
  { say }: LocalSession,
  { broken, unfinished }: ReadHistory,
): Promise<E.Either<Refusal, void>> => {
  if (unfinished !== null) await say('the last entry is only half written; the next removal sets it aside.')
  return broken === null ? E.right(undefined) : E.left(broken)
}
