import type { StorePorts, Unavailable, VersionConflict } from '@lethe/application'
import type { RemovalEvent, RemovalRequest } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { batchChecks } from './batch-checks.js'
import type { Backstage } from './backstage.js'
import { type Call, callPort } from './calls.js'
import type { Deciding } from './deciding.js'
import type { Strand } from './strand.js'
import { storeChecks } from './store-checks.js'

export const down: Unavailable = { _tag: 'Unavailable', retryAfterSeconds: 1 }

/** The batch that a request is submitted to. */
const batchIn = ([first]: ReadonlyArray<RemovalEvent>): RemovalRequest['batch'] =>
  first?.type === 'removalRequested' ? (first.data.batch ?? null) : null

/**
 * The store as one strand of a process sees it, without the queue, and without what only adapters use.
 *
 * @param deciding told what is done, where a batch is decided.
 */
export const storePorts = (
  backstage: Backstage,
  strand: Strand,
  deciding: Deciding | null = null,
): Omit<StorePorts, 'jobs' | 'backlogs' | 'sealedSignIns' | 'paces'> => {
  const { stage, known, witness, store, crash } = backstage
  const { removalRequests, batches, subjects, actors, notes } = store
  const callOf = callPort(stage, crash, strand)
  const checks = storeChecks(stage, known)
  const ofBatches = batchChecks(stage, known, backstage.tenants)

  const called =
    <R, A>(
      call: Pick<Call<R | Unavailable, A>, 'name' | 'run'> & Partial<Call<R | Unavailable, A>>,
    ): TaskEither<R | Unavailable, A> =>
    () =>
      callOf<R | Unavailable, A>({
        port: 'store',
        about: () => '',
        unavailable: () => down,
        answerLost: () => down,
        ...call,
      })

  return {
    batches: {
      list: batches.list,
      summary: (tenantId, batch) =>
        called({
          name: 'batches.summary',
          run: batches.summary(tenantId, batch),
          done: E.map(found => ofBatches.summary(tenantId, batch, found)),
          said: found => (O.isNone(found) ? 'nothing' : `${found.value.count} requests`),
        }),
      pending: (tenantId, batch, after, limit) =>
        called({
          name: 'batches.pending',
          about: () => `from ${after === null ? 'the beginning' : known.labelOf(after)} on`,
          run: batches.pending(tenantId, batch, after, limit),
          done: E.map(found => {
            deciding?.read()
            ofBatches.pending({ tenantId, batch, after, limit }, found)
          }),
          said: found => (O.isNone(found) ? 'nothing' : found.value.ids.map(known.labelOf).join(', ')),
        }),
      requestFor: (tenantId, batch, userId) =>
        called({
          name: 'batches.requestFor',
          about: () => userId,
          run: batches.requestFor(tenantId, batch, userId),
          done: E.map(found => ofBatches.requestFor(tenantId, batch, userId, found)),
          said: ({ _tag }) => _tag,
        }),
    },
    removalRequests: {
      submit: submission => {
        const { tenantId, requestId, subject, events } = submission
        const proposal = { id: requestId, tenantId, userId: subject.userId, batch: batchIn(events) }
        return called({
          name: 'submit',
          check: witness.observe,
          run: async () => {
            known.propose(proposal)
            return removalRequests.submit(submission)()
          },
          done: E.map(answer => checks.submitted(proposal, answer)),
          said: ({ joined, request }) => `${joined ? 'joined' : 'new'} ${known.labelOf(request.id)}`,
        })
      },
      openFor: (tenantId, userId) =>
        called({
          name: 'openFor',
          about: () => userId,
          run: removalRequests.openFor(tenantId, userId),
          done: E.map(found => checks.openFor(tenantId, userId, found)),
          said: ({ _tag }) => _tag,
        }),
      load: (tenantId, id) =>
        called({
          name: 'load',
          about: () => known.labelOf(id),
          run: removalRequests.load(tenantId, id),
          done: answer => {
            if (E.isRight(answer)) checks.loaded(tenantId, id, answer.right)
            strand.asked.clear()
            const version = known.versionOf(id)
            strand.seen.set(id, { loaded: version, latest: version })
          },
          said: found =>
            O.isNone(found) ? 'nothing' : `${found.value.state}, version ${found.value.version}`,
        }),
      append: append => {
        const { requestId, expectedVersion, events } = append
        return called<VersionConflict, RemovalRequest>({
          name: 'append',
          check: witness.observe,
          about: () => `${events.map(({ type }) => type).join(', ')} to ${known.labelOf(requestId)}`,
          run: async () => {
            const before = known.versionOf(requestId)
            const answer = await removalRequests.append(append)()
            if (E.isRight(answer)) {
              checks.appended(requestId, before, expectedVersion)
              checks.calls(requestId, events, strand.asked)
              deciding?.appended(requestId)
              strand.asked.clear()
            }
            return answer
          },
          done: answer => {
            const latest = known.versionOf(requestId)
            if (E.isRight(answer))
              strand.seen.set(requestId, { loaded: strand.seen.get(requestId)?.loaded ?? latest, latest })
          },
          said: request => `${request.state}, version ${request.version}`,
        })
      },
      list: (tenantId, filter, page) =>
        called({ name: 'list', run: removalRequests.list(tenantId, filter, page) }),
      history: (tenantId, id) =>
        called({
          name: 'history',
          about: () => known.labelOf(id),
          run: removalRequests.history(tenantId, id),
        }),
      expiring: (tenantId, at, limit) =>
        called({
          name: 'expiring',
          run: removalRequests.expiring(tenantId, at, limit),
          said: ids => `${ids.length} requests`,
        }),
      resume: (tenantId, before, limit) =>
        called({
          name: 'resume',
          check: witness.observe,
          run: removalRequests.resume(tenantId, before, limit),
          done: E.map(resumed => {
            if (resumed > 0) stage.tally.fault('job made anew')
          }),
          said: resumed => `${resumed} jobs made anew`,
        }),
      overdue: (tenantId, at) =>
        called({
          name: 'overdue',
          run: removalRequests.overdue(tenantId, at),
          done: E.map(count => checks.overdue(tenantId, at, count)),
          said: String,
        }),
    },
    subjects: {
      resolve: (tenantId, commitments) =>
        called({ name: 'subjects.resolve', run: subjects.resolve(tenantId, commitments) }),
      erase: (tenantId, userId) =>
        called({
          name: 'subjects.erase',
          check: witness.observe,
          run: async () => {
            const answer = await subjects.erase(tenantId, userId)()
            if (E.isRight(answer)) known.eraseSubject(tenantId, userId)
            return answer
          },
          said: ({ erased, kept }) => `${erased} erased, ${kept} kept`,
        }),
    },
    actors: {
      referenceOf: (tenantId, id, actor) =>
        called({
          name: 'actors.referenceOf',
          about: () => known.labelOf(id),
          run: actors.referenceOf(tenantId, id, actor),
        }),
      resolve: (tenantId, references) =>
        called({ name: 'actors.resolve', run: actors.resolve(tenantId, references) }),
      erase: (tenantId, actor) =>
        called({
          name: 'actors.erase',
          check: witness.observe,
          run: actors.erase(tenantId, actor),
          said: ({ erased, kept }) => `${erased} erased, ${kept} kept`,
        }),
    },
    notes: {
      resolve: (tenantId, references) =>
        called({ name: 'notes.resolve', run: notes.resolve(tenantId, references) }),
    },
  }
}
