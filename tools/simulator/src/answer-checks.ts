import { type History, isUnreadableView, type StoredView, type SubmittedRemoval } from '@lethe/application'
import {
  askersOf,
  batchesOf,
  isOpen,
  permission,
  type RemovalEvent,
  type RemovalRequest,
  type RemovalRequestId,
  type StoredRequest,
} from '@lethe/domain'
import type { Act } from './acts.js'
import type { Backstage } from './backstage.js'
import type { KnownRequest } from './known-requests.js'
import type { Person } from './people.js'
import { type Harm, passesInLists } from './tampering.js'

/** Compares what people are answered with what is stored. */
export interface AnswerChecks {
  readonly submitted: (act: Extract<Act, { readonly kind: 'submit' }>, answer: SubmittedRemoval) => void
  /** @param before what the submission was to join when it was asked for, if there was something. */
  readonly notSubmitted: (
    act: Extract<Act, { readonly kind: 'submit' }>,
    answered: string,
    before: KnownRequest | undefined,
  ) => void
  /** Somebody was told that what they did is done. */
  readonly recorded: (by: Person, type: RemovalEvent['type'], request: RemovalRequest) => void
  /** @param atLeast the version of the request when it was asked for. */
  readonly shown: (by: Person, view: StoredView, atLeast: number) => void
  readonly history: (by: Person, id: RemovalRequestId, history: History) => void
  readonly refused: (by: Person, id: RemovalRequestId, tag: string) => void
  /** @param before those that existed when the list was asked for. */
  readonly listed: (
    act: Extract<Act, { readonly kind: 'list' }>,
    before: ReadonlyArray<KnownRequest>,
    items: ReadonlyArray<StoredView>,
  ) => void
}

/** Made when somebody asks: what was tampered with before that must show in their answer. */
export const answerChecks = ({ stage, known }: Pick<Backstage, 'stage' | 'known'>): AnswerChecks => {
  const { report } = stage
  const harmed = known.harms()

  const mine = ({ caller }: Person, request: StoredRequest): KnownRequest | null => {
    const truth = known.get(request.id)
    if (truth === undefined) {
      report('acknowledgedSubmissionExists', `request ${request.id} is shown, and does not exist`)
      return null
    }
    if (truth.tenantId === caller.tenantId) return truth
    report('tenantIsolation', `${truth.label} is shown to another tenant`)
    return null
  }

  /** @param mustShow whether it must show that somebody tampered with its history. */
  const shown = (by: Person, view: StoredView, atLeast: number, mustShow: boolean): void => {
    const truth = mine(by, view.request)
    if (truth === null) return
    const { id, label } = truth
    if (isUnreadableView(view)) {
      if (!known.isUnreadable(id)) report('answersFit', `${label} is shown as unreadable, and is not`)
      return
    }
    if (known.isUnreadable(id) && mustShow)
      report('tamperedIsShown', `${label} is shown to be ${view.request.state}`)
    const { version } = view.request
    if (version < atLeast || version > truth.request.version)
      report('answersFit', `${label} is shown at version ${version}, asked for at ${atLeast}`)
    if (view.userId !== null && harmed.get(id) === 'person exchanged')
      report('tamperedIsShown', `${label} is shown to be about ${view.userId}`)
    const mayBeNobody = known.isSubjectErased(id) || known.isExchanged(id)
    if (view.userId === null ? !mayBeNobody : view.userId !== truth.userId)
      report('answersFit', `${label} is shown to be about ${view.userId ?? 'nobody'}`)
  }

  /** What somebody is answered who does something to what was tampered with. */
  const checkHarmed = ({ id, label }: KnownRequest, tag: string): void => {
    const harm = harmed.get(id)
    // Nobody can be said to be somebody else once they were erased.
    if (harm === undefined || (known.isExchanged(id) && known.isSubjectErased(id))) return
    const answer = known.isUnreadable(id) ? 'RequestUnreadable' : 'SubjectDiffers'
    if (![answer, 'Unavailable', 'NoteRequired'].includes(tag))
      report('tamperedIsShown', `${label} was tampered with (${harm}), and somebody is answered ${tag}`)
  }

  /** Nothing is said to be tampered with that is not. */
  const checkSound = (label: string, ids: ReadonlyArray<RemovalRequestId>, tag: string): void => {
    if (tag === 'RequestUnreadable' && !ids.some(known.isUnreadable))
      report('answersFit', `${label} is said to be unreadable, and is not`)
    if (tag === 'SubjectDiffers' && !ids.some(known.isExchanged))
      report('answersFit', `${label} is said to be about somebody else, and is not`)
  }

  /** The one who joined is among those who asked, from then on; of what had ended, only its batches hold something for them. */
  const checkJoined = (
    { by, receivedAt, batch }: Extract<Act, { readonly kind: 'submit' }>,
    answered: RemovalRequest,
    { label, people, request }: KnownRequest,
  ): void => {
    const asked = askersOf(request).some(reference => people.get(reference) === by.caller.userId)
    const lacks = [
      ...(batch === null || batchesOf(request).includes(batch) ? [] : ['a batch']),
      ...(isOpen(answered.state) && !asked ? ['an asker'] : []),
      ...(isOpen(answered.state) && receivedAt !== null && receivedAt < request.receivedAt
        ? ['a receipt']
        : []),
      ...(answered.state === 'failed' ? ['a retry'] : []),
    ]
    if (lacks.length > 0)
      report('acknowledgedJoinIsRecorded', `${label} lacks ${lacks.join(', ')} of ${by.name}, who joined it`)
  }

  return {
    submitted: (act, { request, joined }) => {
      const truth = mine(act.by, request)
      if (truth === null) return
      known.acknowledge(truth.id)
      if (joined) {
        checkJoined(act, request, truth)
        checkHarmed(truth, 'joined')
      }
      if (truth.userId !== act.userId)
        report('answersFit', `${act.by.name} asked for ${act.userId}, and was given ${truth.label}`)
    },
    notSubmitted: ({ by, userId, batch }, answered, before) => {
      const now = known.joinable(by.caller.tenantId, userId, batch)
      if (answered === 'ProfileNotFound' && before !== undefined && now?.id === before.id)
        report('answersFit', `${by.name} was not let join ${before.label}, which was there all the while`)
      // What was there for a while only was tampered with in that while.
      const there = known
        .of(by.caller.tenantId)
        .filter(each => each.userId === userId)
        .map(({ id }) => id)
        .filter(id => id === before?.id || id === now?.id || !harmed.has(id))
      checkSound(`what ${by.name} asked for`, there, answered)
    },
    recorded: (by, type, request) => {
      const truth = mine(by, request)
      if (truth === null) return
      const did = truth.events.some(
        happened =>
          happened.type === type &&
          'by' in happened.data &&
          truth.people.get(happened.data.by) === by.caller.userId,
      )
      const isTheirs = truth.people.get(truth.request.submittedBy) === by.caller.userId
      if (type === 'removalWithdrawn' && !isTheirs && !by.caller.scopes.includes(permission.approve))
        report('answersFit', `${by.name} was let withdraw ${truth.label}, which is somebody else's`)
      if (!did)
        report('acknowledgedActIsRecorded', `${truth.label} has no ${type} by ${by.name}, who was told so`)
      checkHarmed(truth, 'done')
    },
    shown: (by, view, atLeast) => shown(by, view, atLeast, harmed.has(view.request.id)),
    history: (by, id, { events, broken }) => {
      const truth = known.get(id)
      if (truth === undefined || truth.tenantId !== by.caller.tenantId)
        return report('tenantIsolation', `${by.name} is shown the history of ${known.labelOf(id)}`)
      if (broken === null && harmed.has(id) && known.isUnreadable(id))
        return report('tamperedIsShown', `${truth.label} is shown with a history that is whole`)
      if (broken !== null && known.isUnreadable(id)) return
      if (broken !== null)
        return report(
          'chainVerifies',
          `${truth.label} is shown broken at ${broken.position}: ${broken.reason}`,
        )
      if (events.some(({ hash }, index) => hash !== truth.hashes[index]))
        report('answersFit', `${truth.label} is shown with another history`)
    },
    refused: (by, id, tag) => {
      const truth = known.get(id)
      const isTheirs = truth?.tenantId === by.caller.tenantId
      if (tag === 'RequestNotFound' && isTheirs)
        report('acknowledgedSubmissionExists', `${truth.label} is not found by ${by.name}`)
      if (truth !== undefined && isTheirs) checkHarmed(truth, tag)
      checkSound(known.labelOf(id), [id], tag)
      if (tag !== 'RequestNotFound' && tag !== 'Unavailable' && !isTheirs && tag !== 'NoteRequired')
        report('tenantIsolation', `${by.name} learns of ${known.labelOf(id)}: ${tag}`)
      if (tag === 'SelfApproval' && truth?.people.get(truth.request.submittedBy) !== by.caller.userId)
        report('answersFit', `${by.name} did not submit ${known.labelOf(id)}, and may not approve it`)
    },
    listed: ({ by, filter }, before, items) => {
      const ids = items.map(({ request }) => request.id)
      // A list makes no hash anew, and takes what folds for what was written.
      const passes = (harm: Harm | undefined): boolean => harm === undefined || passesInLists[harm]
      for (const view of items) shown(by, view, 1, !passes(harmed.get(view.request.id)))
      const requests = items.flatMap(view => {
        const truth = isUnreadableView(view) ? known.get(view.request.id)?.request : view.request
        return truth === undefined ? [] : [truth]
      })
      if (ids.some((id, index) => index > 0 && id >= (ids[index - 1] ?? id)))
        report('listIsExact', `${by.name} is shown a list in another order than the newest first`)
      if (requests.some(({ state }) => filter.states?.includes(state) === false))
        report('listIsExact', `${by.name} is shown a request in another state than ${filter.states?.join()}`)
      if (
        filter.userId !== undefined &&
        items.some(({ request }) => known.get(request.id)?.userId !== filter.userId)
      )
        report('listIsExact', `${by.name} is shown a request for somebody else`)
      const { batch } = filter
      if (batch !== undefined && requests.some(request => !batchesOf(request).includes(batch)))
        report('listIsExact', `${by.name} is shown a request of another batch`)
      if (filter.states !== undefined) return
      const lost = before.filter(
        ({ id, userId, request }) =>
          !ids.includes(id) &&
          (batch === undefined || batchesOf(request).includes(batch)) &&
          (filter.userId === undefined || (filter.userId === userId && !known.isSubjectErased(id))),
      )
      if (lost.length > 0)
        report('listIsExact', `${by.name} is not shown ${lost.map(({ label }) => label).join(', ')}`)
    },
  }
}
