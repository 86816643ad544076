import { BatchId, type UserId } from '@lethe/domain'
import { made } from '../made.js'
import type { Random } from '../random.js'
import { adele, alma, isaiah, megan, tenants } from '../world/cast.js'
import type { Agenda } from './act-choice.js'
import type { Act, BatchFate, Submission } from './acts.js'
import { batchSize, type MadeBatch, type ShownBatch } from './batches.js'

const mostRecent = 12

/** Draws what clients do with batches: they make one, look at it, decide what they saw, and do all of it again. */
export const batchChoice = (
  random: Random,
  agenda: Agenda,
  newSubject: (tenantId: MadeBatch['tenantId']) => UserId,
) => {
  const recent = <A>(list: ReadonlyArray<A>): A | null =>
    list.length === 0 ? null : random.pick(list.slice(-mostRecent))

  const submission = ({ tenantId, id, maker }: MadeBatch, userId: UserId, by = maker): Submission => ({
    kind: 'submit',
    route: 'submit',
    tenantId,
    subjects: [userId],
    by,
    overdue: random.chance(0.1),
    fate: random.chance(0.1) ? 'withdraw' : 'decidedWithBatch',
    batch: id,
  })

  /** The same person is asked for by somebody else as well, for no batch. */
  const elsewhere = (batch: MadeBatch, userId: UserId): Submission => ({
    ...submission(batch, userId, batch.maker === adele ? alma : adele),
    route: random.pick(['submit', 'removePersonalData']),
    overdue: false,
    fate: 'decidedWithBatch',
    batch: null,
  })

  /** Several submissions to one batch as one call; nobody withdraws any of them. */
  const together = (first: Submission, rest: ReadonlyArray<Submission>): Submission => ({
    ...first,
    route: 'ownBatch',
    subjects: [...new Set([...first.subjects, ...rest.flatMap(({ subjects }) => subjects)])],
    fate: 'decidedWithBatch',
  })

  const previewOf = (batch: MadeBatch, fate: BatchFate): Act => ({
    kind: 'preview',
    batch,
    by: random.pick([megan, isaiah]),
    fate,
  })

  /** Some are sent twice, as by a client that was interrupted and begins anew: mostly soon, sometimes when all is done. */
  const begin = (): Act => {
    const maker = random.weighted([
      [4, adele],
      [1, alma],
    ])
    const batch = { tenantId: random.pick(tenants), id: made(BatchId, random.guid()), maker }
    agenda.batches.push(batch)
    const others = agenda.known.filter(known => known.batch !== null && known.tenantId === batch.tenantId)
    const subjects = Array.from({ length: random.between(batchSize.least, batchSize.most) }, () =>
      newSubject(batch.tenantId),
    )
    // Some are in another batch, too.
    const shared = random.chance(0.3) ? recent(others) : null
    const [first, ...rest] = [...subjects, ...(shared === null ? [] : [shared.subject])].map(userId =>
      submission(batch, userId),
    )
    const [asked] = subjects
    if (first === undefined || asked === undefined) throw new Error('A batch holds somebody')
    const fate = random.weighted<BatchFate>([
      [5, 'approve'],
      [5, 'addAndApprove'],
      [3, 'approveOwn'],
      [3, 'deny'],
      [1, 'leave'],
    ])
    // In one call, as the CLI sends them, or one by one.
    const parts = random.chance(0.6) ? [together(first, rest)] : [first, ...rest]
    // All of it soon, so that it is still the same batch for those who decide it.
    agenda.todo.unshift(...parts, ...parts.slice(0, 1), previewOf(batch, fate))
    return elsewhere(batch, asked)
  }

  const deciding = (
    shown: ShownBatch,
    route: Extract<Act, { readonly kind: 'decideBatch' }>['route'],
    by = random.pick([megan, isaiah]),
    insists = random.chance(0.5),
  ): Act => ({ kind: 'decideBatch', route, shown, by, insists })

  const preview = (): Act => {
    const batch = recent(agenda.batches)
    return batch === null ? begin() : previewOf(batch, 'leave')
  }

  const actOn = (route: Extract<Act, { readonly kind: 'actOnBatch' }>['route']): Act => {
    const batch = recent(agenda.batches)
    return batch === null
      ? begin()
      : {
          kind: 'actOnBatch',
          route,
          batch,
          by: route === 'retryBatch' ? random.pick([adele, megan]) : batch.maker,
        }
  }

  return {
    begin,
    preview,
    actOn,
    decide: (route: Extract<Act, { readonly kind: 'decideBatch' }>['route']): Act => {
      const shown = recent(agenda.shown)
      return shown === null ? preview() : deciding(shown, route)
    },
    /** Somebody sends a part of a batch once more, long after. */
    repeat: (): Act => {
      const batch = recent(agenda.batches)
      const sent = batch === null ? [] : agenda.known.filter(known => known.batch === batch.id)
      return batch === null || sent.length === 0
        ? begin()
        : together(
            submission(batch, random.pick(sent).subject),
            sent.slice(-1).map(({ subject }) => submission(batch, subject)),
          )
    },
    after: ({ batch, fate }: Extract<Act, { readonly kind: 'preview' }>, shown: ShownBatch) => {
      switch (fate) {
        case 'approve':
          // What is added to it then comes too late.
          return [
            deciding(shown, 'approveBatch', megan),
            ...(random.chance(0.3) ? [submission(batch, newSubject(batch.tenantId))] : []),
            deciding(shown, 'approveBatch', isaiah),
          ]
        case 'approveOnce':
          return [deciding(shown, 'approveBatch', random.pick([megan, isaiah]), false)]
        case 'addAndApprove':
          return [
            ...Array.from({ length: random.between(1, batchSize.later) }, () =>
              submission(batch, newSubject(batch.tenantId)),
            ),
            deciding(shown, 'approveBatch', megan),
            deciding(shown, 'approveBatch', isaiah),
          ]
        case 'approveOwn':
          return [deciding(shown, 'approveBatch', alma), deciding(shown, 'approveBatch', isaiah)]
        case 'deny':
          return [deciding(shown, 'denyBatch', megan)]
        case 'leave':
          return []
      }
    },
  }
}
