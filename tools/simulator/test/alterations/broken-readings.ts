import type { Jobs, RemovalRequests, ResolvedSubject, Unavailable } from '@lethe/application'
import {
  type Job,
  readStored,
  type RemovalRequestId,
  type StoredRequest,
  type SubjectCommitment,
  type TenantId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Alterations, type Reading, unaltered } from '../../src/alterations.js'

/** Leaves out something of what makes sure that what is read is what was written. */
const reading = (alter: Partial<Reading>): Alterations => ({
  ...unaltered,
  reading: { ...unaltered.reading, ...alter },
})

/** Makes no hash anew. */
export const believesEveryHash = (): Alterations => reading({ stored: () => readStored(null) })

/** Takes every seal for its own. */
export const believesEverySeal = (): Alterations => reading({ isSealed: () => () => true })

/** Takes whom the store names for the person of a request. */
export const believesEveryName = (): Alterations =>
  reading({
    findPerson:
      ({ subjects }) =>
      ({ tenantId, subject }) =>
        pipe(
          subjects.resolve(tenantId, [subject]),
          TE.map(
            (found: ReadonlyMap<SubjectCommitment, ResolvedSubject>) => found.get(subject)?.userId ?? null,
          ),
        ),
  })

/** Breaks what processes see of requests, with those in it that cannot be read. */
const seeing = (alter: (sound: RemovalRequests) => Partial<RemovalRequests>): Alterations => ({
  ...unaltered,
  seen: store => ({
    ...store,
    removalRequests: { ...store.removalRequests, ...alter(store.removalRequests) },
  }),
})

const isUnreadable = ({ state }: StoredRequest): boolean => state === 'unreadable'
const loadsUnreadable = async (
  { load }: Pick<RemovalRequests, 'load'>,
  tenantId: TenantId,
  id: RemovalRequestId,
): Promise<boolean> => {
  const loaded = await load(tenantId, id)()
  return E.isRight(loaded) && O.isSome(loaded.right) && isUnreadable(loaded.right.value)
}
const down: E.Either<Unavailable, never> = E.left({ _tag: 'Unavailable', retryAfterSeconds: 1 })

/** Lists nothing where one of a page cannot be read. */
export const listsNothingBesideIt = (): Alterations =>
  seeing(({ list }) => ({
    list: (tenantId, filter, page) => async () => {
      const found = await list(tenantId, filter, page)()
      return E.isRight(found) && found.right.items.some(isUnreadable) ? down : found
    },
  }))

/** Is never available where a request cannot be read. */
export const breaksDownAtIt = (): Alterations =>
  seeing(sound => ({
    load: (tenantId, id) => async () =>
      (await loadsUnreadable(sound, tenantId, id)) ? down : sound.load(tenantId, id)(),
  }))

/** Finds nothing that expires in a tenant in which something cannot be read. */
export const expiresNothingBesideIt = (): Alterations =>
  seeing(({ expiring, unreadable }) => ({
    expiring: (tenantId, at, limit) =>
      pipe(
        unreadable(tenantId),
        TE.flatMap(count => (count > 0 ? TE.right([]) : expiring(tenantId, at, limit))),
      ),
  }))

/** Delivers the job of a request that cannot be read again, no matter who has done with it. */
export const keepsItsJobs = (): Alterations => ({
  ...unaltered,
  seen: store => {
    const { jobs, removalRequests } = store
    const held = new Map<string, Job>()
    const remembering =
      (receive: Jobs['receive']): Jobs['receive'] =>
      limit =>
        pipe(
          receive(limit),
          TE.map(received => {
            for (const { receipt, job } of received) held.set(receipt, job)
            return received
          }),
        )
    return {
      ...store,
      jobs: {
        ...jobs,
        receive: remembering(jobs.receive),
        receiveDead: remembering(jobs.receiveDead),
        complete: receipt => async () => {
          const job = held.get(receipt)
          return job !== undefined && (await loadsUnreadable(removalRequests, job.tenantId, job.requestId))
            ? jobs.fail(receipt)()
            : jobs.complete(receipt)()
        },
      },
    }
  },
})
