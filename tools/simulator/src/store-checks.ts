import type { Submitted } from '@lethe/application'
import type {
  HolderName,
  Instant,
  RemovalEvent,
  RemovalRequestId,
  StoredRequest,
  TenantId,
  UserId,
} from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import type { KnownRequests, Proposal } from './known-requests.js'
import type { Stage } from './stage.js'
import type { SeenVersion } from './strand.js'

/** Compares what the store answers with what is known to be there. */
export interface StoreChecks {
  readonly submitted: (proposal: Proposal, answer: Submitted) => void
  readonly notSubmitted: (proposal: Proposal, tag: string) => void
  readonly openFor: (tenantId: TenantId, userId: UserId, found: O.Option<StoredRequest>) => void
  readonly loaded: (tenantId: TenantId, id: RemovalRequestId, found: O.Option<StoredRequest>) => void
  /** @param before the version that the request had when the append came. */
  readonly appended: (id: RemovalRequestId, before: number, expectedVersion: number) => void
  /** @param seen what the one who appends knows of the request. */
  readonly leftAlone: (
    id: RemovalRequestId,
    events: ReadonlyArray<RemovalEvent>,
    seen: SeenVersion | undefined,
  ) => void
  /** @param asked the holders that were asked to remove, by whoever appends. */
  readonly calls: (
    id: RemovalRequestId,
    events: ReadonlyArray<RemovalEvent>,
    asked: ReadonlySet<HolderName>,
  ) => void
  readonly overdue: (tenantId: TenantId, at: Instant, count: number) => void
}

export const storeChecks = ({ report }: Pick<Stage, 'report'>, known: KnownRequests): StoreChecks => {
  return {
    submitted: ({ id, tenantId, userId, batch }, { joined, request }) => {
      if (!joined && (request.id !== id || known.get(id) === undefined))
        report('acknowledgedSubmissionExists', `${known.labelOf(id)} was submitted, and is not there`)
      if (joined && known.joinable(tenantId, userId, batch)?.id !== request.id)
        report(
          'answersFit',
          `whoever asked was let join ${known.labelOf(request.id)}, which is neither the open one nor that of the batch`,
        )
    },
    notSubmitted: ({ tenantId, userId, batch, by }, tag) => {
      if (tag === 'Unavailable') return
      const joinable = known.joinable(tenantId, userId, batch)
      if (
        joinable !== undefined ||
        batch === null ||
        by === null ||
        !known.mayBeTold(tenantId, batch, by).includes(tag)
      )
        report('answersFit', `the one who adds to a batch is told ${tag}, and that is not so`)
    },
    openFor: (tenantId, userId, found) => {
      const open = known.openFor(tenantId, userId)
      if (open?.id !== (O.isSome(found) ? found.value.id : undefined))
        report(
          'answersFit',
          `the open request for ${userId} is ${open?.label ?? 'none'}, and another is found`,
        )
    },
    loaded: (tenantId, id, found) => {
      const truth = known.get(id)
      if (truth?.tenantId !== tenantId) {
        if (O.isSome(found)) report('tenantIsolation', `${known.labelOf(id)} is loaded by another tenant`)
      } else if (O.isNone(found)) {
        report('acknowledgedSubmissionExists', `${truth.label} is not found when it is loaded`)
      } else if (found.value.state === 'unreadable') {
        if (!known.isUnreadable(id))
          report('chainVerifies', `${truth.label} cannot be read: ${found.value.reason}`)
      } else if (!known.isUnreadable(id) && found.value.version !== truth.request.version) {
        report(
          'versionNeverGoesBack',
          `${truth.label} is loaded at ${found.value.version}, after ${truth.request.version}`,
        )
      }
    },
    appended: (id, before, expectedVersion) => {
      if (before !== expectedVersion)
        report(
          'appendNamesItsVersion',
          `${known.labelOf(id)} was at ${before}, and took what was decided at ${expectedVersion}`,
        )
    },
    leftAlone: (id, events, seen) => {
      // Whose person was exchanged ends all the same, as long as nobody is called for it.
      const isItsEnd = ({ type, data }: RemovalEvent): boolean =>
        type === 'requestExpired' ||
        (type === 'removalFailed' && (data.reason === 'subjectDiffers' || data.reason === 'workerFailed'))
      const isWrong = known.isUnreadable(id) || (seen?.tampered === true && !events.every(isItsEnd))
      if (isWrong)
        report(
          'tamperedIsLeftAlone',
          `${known.labelOf(id)} was tampered with, and takes ${events.map(({ type }) => type).join(', ')}`,
        )
    },
    calls: (id, events, asked) => {
      for (const happened of events) {
        const recorded = callIn(happened)
        // What a retry repeats is recorded where the holder took it: that it was asked in vain is not.
        const mustBe = known.get(id)?.request.state === 'removing'
        if (recorded === null || recorded.called === asked.has(recorded.holder)) continue
        if (recorded.called || mustBe)
          report(
            'callsAreRecorded',
            `${known.labelOf(id)} has it that ${recorded.holder} was ${recorded.called ? '' : 'not '}asked`,
          )
      }
    },
    overdue: (tenantId, at, count) => {
      const overdue = known.openIn(tenantId).filter(({ request }) => request.dueAt < at)
      if (count !== overdue.length)
        report('listIsExact', `${count} requests are counted as overdue, and ${overdue.length} are`)
    },
  }
}

/** What an event says of a call to a holder; null where it says nothing. */
const callIn = (happened: RemovalEvent): { readonly holder: HolderName; readonly called: boolean } | null => {
  if ('called' in happened.data) return happened.data
  return 'removalRepeated' in happened.data
    ? { holder: happened.data.holder, called: happened.data.removalRepeated }
    : null
}
