import { made } from '../made.js'
import { UserId } from '@lethe/domain'
import type { AnsweredRoute } from '../kill-points.js'
import type { Random } from '../random.js'
import { adele, alma, isaiah, megan, people, tenants } from '../world/cast.js'
import type { Ledger } from '../world/ledger.js'
import type { Act, Fate, KnownRequest } from './acts.js'
import { batchChoice } from './batch-choice.js'
import type { MadeBatch, ShownBatch } from './batches.js'

/** What clients know, and what they have still to do. */
export interface Agenda {
  readonly todo: Array<Act>
  /** Left undecided on purpose. */
  readonly pending: Array<KnownRequest>
  readonly failed: Array<KnownRequest>
  readonly known: Array<KnownRequest>
  /** Batches that were begun, and previews that somebody has seen. */
  readonly batches: Array<MadeBatch>
  readonly shown: Array<ShownBatch>
}

const mostRecent = 60
/** With so much to do, nobody begins anything new. */
const enoughToDo = 30

/** Draws what a client does next. */
export const actChoice = (random: Random, ledger: Ledger, agenda: Agenda) => {
  const recent = (list: ReadonlyArray<KnownRequest>): KnownRequest | null =>
    list.length === 0 ? null : random.pick(list.slice(-mostRecent))

  const newSubject = (tenantId: KnownRequest['tenantId']): UserId => {
    const userId = made(UserId, random.guid())
    ledger.add(tenantId, userId)
    return userId
  }

  const submit = (
    route: Exclude<Extract<Act, { readonly kind: 'submit' }>['route'], 'ownBatch'>,
    wanted: Fate | null = null,
    overdue = random.chance(0.1),
  ): Act => {
    const fate =
      wanted ??
      random.weighted<Fate>([
        [66, 'approve'],
        [7, 'deny'],
        [7, 'withdraw'],
        [5, 'approveAndWithdraw'],
        [7, 'approveOwn'],
        [8, 'leave'],
      ])
    // What is in a batch is decided with it, and by nobody else.
    const alone = agenda.known.filter(({ batch }) => batch === null)
    const known = route === 'batch' || wanted !== null || random.chance(0.75) ? null : recent(alone)
    const tenantId = known?.tenantId ?? random.pick(tenants)
    const subjects =
      known === null
        ? Array.from({ length: route === 'batch' ? 3 : 1 }, () => newSubject(tenantId))
        : [known.subject]
    return {
      kind: 'submit',
      route,
      tenantId,
      subjects,
      by: fate === 'approveOwn' || (known !== null && random.chance(0.3)) ? alma : adele,
      overdue: route === 'submit' && overdue,
      fate,
      batch: null,
    }
  }

  const ofBatches = batchChoice(random, agenda, newSubject)

  const decide = (route: Extract<Act, { readonly kind: 'decide' }>['route']): Act => {
    const ofFailed = route === 'retry' || route === 'close'
    const request = ofFailed ? agenda.failed.shift() : agenda.pending.shift()
    if (request === undefined) return ofFailed ? read('list') : submit('submit', 'leave', false)
    return { kind: 'decide', route, request, by: route === 'withdraw' ? adele : random.pick([megan, isaiah]) }
  }

  const read = (route: Extract<Act, { readonly kind: 'read' }>['route']): Act => {
    const request = recent(agenda.known)
    return {
      kind: 'read',
      route,
      request,
      tenantId: request?.tenantId ?? random.pick(tenants),
      by: random.pick(people),
    }
  }

  /** What was begun is to go on, so that there is always something of everything. */
  const usual = (): Act =>
    (random.chance(agenda.todo.length / enoughToDo) ? agenda.todo.shift() : undefined) ?? another()

  const another = (): Act =>
    random.weighted<() => Act>([
      [18, () => submit('removePersonalData')],
      [12, () => submit('submit')],
      [3, () => submit('batch')],
      [6, ofBatches.begin],
      [2, ofBatches.preview],
      [2, ofBatches.repeat],
      [4, () => ofBatches.decide(random.chance(0.8) ? 'approveBatch' : 'denyBatch')],
      [2, () => ofBatches.actOn('retryBatch')],
      [1, () => ofBatches.actOn('withdrawBatch')],
      [3, () => read('profile')],
      [1, () => read('profiles')],
      [4, () => read('list')],
      [3, () => read('get')],
      [2, () => read('history')],
      [1, () => read('me')],
      [8, () => decide('retry')],
      [2, () => decide('close')],
    ])()

  const through = (route: AnsweredRoute): Act => {
    switch (route) {
      case 'removePersonalData':
      case 'submit':
      case 'batch':
        return submit(route, random.pick<Fate>(['approve', 'leave']))
      case 'approve':
      case 'deny':
      case 'withdraw':
      case 'retry':
      case 'close':
        return decide(route)
      case 'ownBatch':
        // A new batch finds somebody who was asked for already: its request is joined.
        return random.chance(0.5) ? ofBatches.begin() : ofBatches.repeat()
      case 'previewBatch':
        return ofBatches.preview()
      case 'approveBatch':
      case 'denyBatch':
        return ofBatches.decide(route)
      case 'retryBatch':
      case 'withdrawBatch':
        return ofBatches.actOn(route)
      case 'profile':
      case 'profiles':
      case 'list':
      case 'get':
      case 'history':
      case 'me':
        return read(route)
    }
  }

  return {
    /** @param urged a route that is to be taken more often than others; null for none. */
    next: (urged: AnsweredRoute | null): Act =>
      urged !== null && random.chance(0.6) ? through(urged) : usual(),
    /** What a preview calls for, once it was seen. */
    afterPreview: ofBatches.after,
    overdueSubmission: (): Act => submit('submit', 'leave', true),
  }
}
