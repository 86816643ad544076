import type { BatchRefusal, StorePorts, Submitted, VersionConflict } from '@lethe/application'
import type { RemovalEvent, RemovalRequest, StoredRequest } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { batchPorts } from './batch-ports.js'
import type { Backstage } from './backstage.js'
import type { Deciding } from './deciding.js'
import type { Strand } from './strand.js'
import { storeCalls } from './store-calls.js'
import { storeChecks } from './store-checks.js'

/** The batch that a request is submitted to. */
const batchIn = ([first]: ReadonlyArray<RemovalEvent>): RemovalRequest['batch'] =>
  first?.type === 'removalRequested' ? (first.data.batch ?? null) : null

const textOf = (stored: StoredRequest): string =>
  stored.state === 'unreadable'
    ? `unreadable: ${stored.reason}`
    : `${stored.state}, version ${stored.version}`

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
  const { stage, known, witness, store } = backstage
  const { removalRequests, subjects, actors, notes } = store
  const checks = storeChecks(stage, known)

  const called = storeCalls(backstage, strand)

  return {
    batches: batchPorts(backstage, called, deciding),
    removalRequests: {
      submit: submission => {
        const { tenantId, requestId, subject, submitter, events } = submission
        const proposal = {
          id: requestId,
          tenantId,
          userId: subject.userId,
          batch: batchIn(events),
          by: submitter.actor.kind === 'person' ? submitter.actor.userId : null,
        }
        return called<BatchRefusal, Submitted>({
          name: 'submit',
          check: witness.observe,
          run: async () => {
            known.propose(proposal)
            return removalRequests.submit(submission)()
          },
          done: answer => {
            if (E.isRight(answer)) checks.submitted(proposal, answer.right)
            else checks.notSubmitted(proposal, answer.left._tag)
          },
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
            strand.seen.set(id, { loaded: version, latest: version, tampered: known.harms().has(id) })
          },
          said: found => (O.isNone(found) ? 'nothing' : textOf(found.value)),
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
              checks.leftAlone(requestId, events, strand.seen.get(requestId))
              checks.appended(requestId, before, expectedVersion)
              checks.calls(requestId, events, strand.asked)
              deciding?.appended(requestId)
              strand.asked.clear()
            }
            return answer
          },
          done: answer => {
            const latest = known.versionOf(requestId)
            const { loaded = latest, tampered = false } = strand.seen.get(requestId) ?? {}
            if (E.isRight(answer)) strand.seen.set(requestId, { loaded, latest, tampered })
          },
          said: textOf,
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
      unreadable: tenantId =>
        called({ name: 'unreadable', run: removalRequests.unreadable(tenantId), said: String }),
    },
    subjects: {
      resolve: (tenantId, commitments) =>
        called({
          name: 'subjects.resolve',
          run: subjects.resolve(tenantId, commitments),
          done: () => {
            for (const [id, seen] of strand.seen) {
              const subject = known.get(id)?.request.subject
              if (known.isExchanged(id) && subject !== undefined && commitments.includes(subject))
                strand.seen.set(id, { ...seen, tampered: true })
            }
          },
        }),
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
          run: async () => {
            const answer = await actors.erase(tenantId, actor)()
            if (E.isRight(answer) && actor.kind === 'person') known.eraseActor(tenantId, actor.userId)
            return answer
          },
          said: ({ erased, kept }) => `${erased} erased, ${kept} kept`,
        }),
    },
    notes: {
      resolve: (tenantId, references) =>
        called({ name: 'notes.resolve', run: notes.resolve(tenantId, references) }),
    },
  }
}
