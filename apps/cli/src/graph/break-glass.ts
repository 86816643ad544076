import { instantFromMilliseconds, type UserId } from '@lethe/domain'
import type { RemovalStand } from '@lethe/standalone'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Refusal } from '../refusal.js'
import { graphRemovalOf, graphRemovalResource } from '../resources/graph-removal.js'
import type { LocalSession, PerformLocally } from '../session.js'
import { confirmById } from './confirm-by-id.js'
import { progressOf } from './progress.js'
import { type OpenedTenant, withTenant } from './with-tenant.js'

/** A removal with nobody's approval, as it was asked for. */
export interface BrokenGlass {
  readonly userId: UserId
  readonly tenant: string | null
  readonly reason: string
  /** Whether the id was given a second time. */
  readonly confirmed: boolean
  /** For how long to look whether the profile is gone. */
  readonly seconds: number
}

/** Removes one person's data: says what that means, has it confirmed, removes, and reads back. */
export const breakGlass =
  (asked: BrokenGlass): PerformLocally =>
  session =>
  async () => {
    if (!asked.confirmed && !session.io.stdin.isTerminal)
      return E.left({ _tag: 'GraphConfirmationImpossible' })
    session.io.heedTermination()
    return withTenant(session, asked.tenant, 'one')(opened => withHistory(session, asked, opened))()
  }

const withHistory =
  (session: LocalSession, asked: BrokenGlass, opened: OpenedTenant): TE.TaskEither<Refusal, void> =>
  async () => {
    const { standalone, tenant } = opened
    const place = standalone.historyPlace(session.io.env, tenant.tenantId)
    if (E.isLeft(place)) return place
    const history = await standalone.openHistory(place.right, tenant.tenantId)
    if (E.isLeft(history)) return history
    try {
      if (history.right.setAside)
        await session.say('the last entry of the local history was only half written: it is set aside.')
      const clock = { now: () => instantFromMilliseconds(session.io.now()) }
      const stand = await removeWith(session, asked, opened, { tenant, history: history.right, clock })
      if (E.isLeft(stand)) return stand
      const shown = await session.output.one(graphRemovalResource, graphRemovalOf(stand.right.request))()
      // How the removal stands counts for more than whether anybody reads of it.
      return stand.right.refusal === null ? shown : E.left(stand.right.refusal)
    } finally {
      history.right.close()
    }
  }

const removeWith = async (
  { io, say }: LocalSession,
  { userId, reason, confirmed, seconds }: BrokenGlass,
  { standalone }: OpenedTenant,
  deps: Parameters<OpenedTenant['standalone']['prepareRemoval']>[0],
): Promise<E.Either<Refusal, RemovalStand>> => {
  const prepared = await standalone.prepareRemoval(deps, userId)
  if (E.isLeft(prepared)) return prepared
  const before = standalone.stateBefore(prepared.right)
  await say(
    `this removes all personal data of one person from the tenant ${deps.tenant.tenantId}, for good. No second person is asked, and nobody will know of it but the history on this machine.`,
  )
  await say(
    before === null
      ? `next: the intention is recorded, Graph is asked to remove, and the profile is read back for up to ${seconds} s.`
      : `a removal of this profile is open (${before}): the profile is looked at, and the removal completed.`,
  )
  if (!confirmed) {
    const typed = await confirmById(io, userId)
    if (E.isLeft(typed)) return typed
  }
  return standalone.removePrepared(deps, prepared.right, reason, {
    seconds,
    sleep: io.sleep,
    interrupted: io.interrupted,
    tell: request => say(progressOf(request)),
  })
}
