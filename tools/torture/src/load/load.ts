import { setTimeout } from 'node:timers/promises'
import type { AnsweredRoute } from '../kill-points.js'
import type { Random } from '../random.js'
import { alma, isaiah, megan } from '../world/cast.js'
import type { Issuer } from '../world/issuer.js'
import type { Ledger } from '../world/ledger.js'
import { type Agenda, actChoice } from './act-choice.js'
import { acknowledgedIn, isHalfDone } from './acknowledged.js'
import { doAct } from './acting.js'
import type { Acknowledgement } from './acknowledgements.js'
import { type Act, decisionsOf, type KnownRequest } from './acts.js'
import type { BatchAttempt, MadeBatch } from './batches.js'
import {
  type Answer,
  batchDecisionIn,
  batchIn,
  isAcknowledged,
  isWorthRetrying,
  requestsIn,
  saysConflict,
} from './api-client.js'

export interface LoadDeps {
  readonly random: Random
  readonly ledger: Ledger
  readonly issuer: Issuer
  /** Where the processes listen that are up, those that are to get more of the calls several times. */
  readonly ports: () => ReadonlyArray<number>
  /** Told where an answer was such that a client could not go on. */
  readonly onFailure: (error: unknown) => void
}

/** Clients at work. */
export interface Load {
  readonly acknowledged: () => ReadonlyArray<Acknowledgement>
  readonly known: () => ReadonlyArray<KnownRequest>
  readonly batches: () => ReadonlyArray<MadeBatch>
  /** Every call that was to decide a batch, whatever came of it. */
  readonly batchAttempts: () => ReadonlyArray<BatchAttempt>
  /** How many calls were made, and how many brought no answer. */
  readonly calls: () => { readonly made: number; readonly unanswered: number; readonly unavailable: number }
  /** Wants more of a route; null for as usual. */
  readonly urge: (route: AnsweredRoute | null) => void
  /** Asks for removals that expire soon, and leaves them undecided. */
  readonly leaveOverdue: (count: number) => void
  readonly pause: () => Promise<void>
  readonly resume: () => void
  readonly stop: () => Promise<void>
}

const clients = 8
/** Between two calls of a client, in milliseconds: there is to be a load, but most of the machine is for crashes. */
const pace: readonly [number, number] = [60, 320]

export const startLoad = ({ random, ledger, issuer, ports, onFailure }: LoadDeps): Load => {
  const agenda: Agenda = { todo: [], pending: [], failed: [], known: [], batches: [], shown: [] }
  const choice = actChoice(random, ledger, agenda)
  const acknowledged: Array<Acknowledgement> = []
  const attempts: Array<BatchAttempt> = []
  const calls = { made: 0, unanswered: 0, unavailable: 0 }
  let urged: AnsweredRoute | null = null
  let paused = false
  const stopped = new AbortController()
  const busy = new Set<symbol>()

  const note = (act: Act, answer: Answer): void => {
    switch (act.kind) {
      case 'submit':
        if (act.route === 'ownBatch' && isHalfDone(answer)) agenda.todo.push(act)
        for (const request of acknowledgedIn(act, answer)) {
          acknowledged.push({ what: 'submitted', ...request, by: act.by.userId })
          // What was asked for beside a batch is decided with it, and by nobody else.
          if (act.fate !== 'decidedWithBatch' || act.batch !== null) agenda.known.push(request)
          if (act.fate === 'leave' && !act.overdue) agenda.pending.push(request)
          for (const [route, by] of decisionsOf(act.fate, act.by, { alma, megan, isaiah }))
            agenda.todo.push({ kind: 'decide', route, request, by })
        }
        return
      case 'decide':
        if (isAcknowledged(answer))
          acknowledged.push({ what: acknowledgementOf[act.route], ...act.request, by: act.by.userId })
        return
      case 'preview': {
        const batch = batchIn(answer)
        if (batch === null) return
        const members = new Set(batch.sample.map(({ id }) => id))
        if (members.size !== batch.count) throw new Error('The sample of a small batch is all of it')
        const shown = { ...act.batch, digest: batch.digest, members }
        agenda.shown.push(shown)
        agenda.todo.unshift(...choice.afterPreview(act, shown))
        return
      }
      case 'actOnBatch':
        return
      case 'decideBatch':
        if (saysConflict(answer) && act.insists)
          agenda.todo.push({ kind: 'preview', batch: act.shown, by: act.by, fate: 'approveOnce' })
        return
      case 'read':
        if (act.route === 'list')
          for (const { id, userId, resourceTenantId, batchId } of requestsIn(answer)?.value ?? [])
            if (userId !== null)
              agenda.failed.push({
                tenantId: resourceTenantId,
                requestId: id,
                subject: userId,
                batch: batchId,
              })
    }
  }

  const once = async (): Promise<void> => {
    const open = ports()
    if (open.length === 0) return
    const act = choice.next(urged)
    calls.made += 1
    const answer = await doAct(act, random.pick(open), issuer)
    if (answer === null) calls.unanswered += 1
    else if (isWorthRetrying(answer)) calls.unavailable += 1
    // A client that does not know asks again, as it would in earnest.
    if (isWorthRetrying(answer) && act.kind !== 'read') agenda.todo.unshift(act)
    if (act.kind === 'decideBatch')
      attempts.push({ ...act.shown, route: act.route, by: act.by.userId, told: toldOf(answer) })
    if (answer !== null) note(act, answer)
  }

  const client = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      if (!paused) {
        const one = Symbol('call')
        busy.add(one)
        await once().finally(() => {
          busy.delete(one)
        })
      }
      await setTimeout(random.between(...pace))
    }
  }
  const working = Promise.all(Array.from({ length: clients }, client)).catch((error: unknown) => {
    onFailure(error)
  })

  const pause = async (): Promise<void> => {
    paused = true
    while (busy.size > 0) await setTimeout(20)
  }
  return {
    acknowledged: () => acknowledged,
    known: () => agenda.known,
    batches: () => agenda.batches,
    batchAttempts: () => attempts,
    calls: () => calls,
    urge: route => {
      urged = route
    },
    leaveOverdue: count => {
      for (let index = 0; index < count; index += 1) agenda.todo.unshift(choice.overdueSubmission())
    },
    pause,
    resume: () => {
      paused = false
    },
    stop: async () => {
      stopped.abort()
      await working
    },
  }
}

/**
 * A small batch is decided in one call: it is done where there is nowhere to go on. A process whose clock is ahead takes the time
 * of a request for up, and says so.
 */
const toldOf = (answer: Answer | null): BatchAttempt['told'] => {
  if (saysConflict(answer)) return 'refused'
  const decision = batchDecisionIn(answer)
  return decision?.next === null && decision.refused.every(({ reason }) => reason !== 'WrongState')
    ? 'done'
    : 'nothing'
}

const acknowledgementOf = {
  approve: 'approved',
  deny: 'denied',
  withdraw: 'withdrawn',
  retry: 'retried',
  close: 'closed',
} as const
