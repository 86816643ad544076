import type { UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Refusal } from '../refusal.js'
import {
  graphHistoryCheckResource,
  graphHistoryEntryOf,
  graphHistoryEntryResource,
} from '../resources/graph-history.js'
import type { PerformLocally } from '../session.js'
import { loadLocalHistory } from './standalone.js'

export interface AskedHistory {
  readonly tenant: string | null
  /** Only what is about this person; null for everything. */
  readonly userId: UserId | null
  readonly verify: boolean
}

/** Shows the local history, or whether it is intact. Where it is not, what comes before that is shown, and the end is a refusal. */
export const showLocalHistory =
  ({ tenant, userId, verify }: AskedHistory): PerformLocally =>
  ({ io, output, say }) =>
  async () => {
    const standalone = await loadLocalHistory()
    const tenantId = standalone.readTenant(io.env, tenant)
    if (E.isLeft(tenantId)) return tenantId
    const place = standalone.historyPlace(io.env, tenantId.right)
    if (E.isLeft(place)) return place
    const read = await standalone.readHistory(place.right, tenantId.right)
    if (E.isLeft(read)) return read
    const { lines, broken, unfinished } = read.right
    const ending: E.Either<Refusal, void> = broken === null ? E.right(undefined) : E.left(broken)
    if (unfinished !== '') await say('the last entry is only half written; the next removal sets it aside.')
    if (verify)
      return pipe(
        output.one(graphHistoryCheckResource, {
          tenantId: tenantId.right,
          intact: broken === null,
          brokenAt: broken?.position ?? null,
          brokenBecause: broken?.reason ?? null,
          entries: lines.length,
          headHash: standalone.headOf(lines)?.hash ?? null,
          unfinished: unfinished !== '',
        }),
        TE.flatMap((): TE.TaskEither<Refusal, void> => TE.fromEither(ending)),
      )()
    const entries = await standalone.historyEntries(place.right, tenantId.right, lines, userId)
    if (E.isLeft(entries)) return entries
    if (entries.right.length === 0) await say('nothing found.')
    const list = output.list(graphHistoryEntryResource)
    return pipe(
      list.add(entries.right.map(graphHistoryEntryOf)),
      TE.flatMap(() => list.end()),
      TE.flatMap((): TE.TaskEither<Refusal, void> => TE.fromEither(ending)),
    )()
  }
