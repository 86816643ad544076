import {
  type Append,
  type DataHolder,
  performRemoval,
  type PerformRemovalDeps,
  type Unavailable,
  type VersionConflict,
} from '../src/index.js'
import { refuse, succeed } from '../src/testing/index.js'
import { addSeconds, type RemovalRequest } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { down, loading, unavailable, unexpected } from './fakes.js'
import { after, approved, clock, graph, job, pending, schedule, unreadableAs, userId } from './making.js'

const conflict: VersionConflict = { _tag: 'VersionConflict' }

const holder: DataHolder = {
  name: graph,
  remove: () => TE.right('removed'),
  readBack: () => TE.right('absent'),
}
const untouched: DataHolder = { name: graph, remove: unexpected, readBack: unexpected }

/** A store of the one request. */
const storeOf = (first: RemovalRequest) => {
  let request = first
  return {
    request: () => request,
    load: () => TE.right<Unavailable, O.Option<RemovalRequest>>(O.some(request)),
    append: ({ events }: Append) => {
      request = after(request, events)
      return TE.right<Unavailable | VersionConflict, RemovalRequest>(request)
    },
  }
}

const depsOf = (broken: Partial<PerformRemovalDeps> = {}): PerformRemovalDeps => ({
  removalRequests: storeOf(approved),
  findPerson: () => TE.right(userId),
  dataHolders: { of: () => [holder] },
  clock,
  attempts: schedule,
  readBacks: schedule,
  absence: { looks: 1, seconds: 0 },
  ...broken,
})
const finished = { kind: 'finished' }

describe('performRemoval', () => {
  it('works over these fakes', async () => {
    const removalRequests = storeOf(approved)

    expect(await succeed(performRemoval(depsOf({ removalRequests }))({ job }))).toStrictEqual(finished)
    expect(removalRequests.request().state).toBe('completed')
  })

  it.each<[string, Partial<PerformRemovalDeps>]>([
    ['the store, on loading', { removalRequests: { load: unavailable, append: unexpected } }],
    ['the store, on appending', { removalRequests: { load: loading(approved).load, append: unavailable } }],
    ['the subjects', { findPerson: unavailable }],
  ])('passes on that %s cannot be asked, and asks no holder', async (_, broken) => {
    const deps = depsOf({ ...broken, dataHolders: { of: () => [untouched] } })

    expect(await refuse(performRemoval(deps)({ job }))).toStrictEqual(down)
  })

  it('starts over where another worker was faster', async () => {
    const { load, loads } = loading(approved)
    let appends = 0
    const store = storeOf(approved)
    const append = (input: Append) => {
      appends += 1
      return appends <= 4 ? TE.left(conflict) : store.append(input)
    }

    expect(
      await succeed(performRemoval(depsOf({ removalRequests: { load, append } }))({ job })),
    ).toStrictEqual(finished)
    expect(loads()).toBe(5)
  })

  it('gives the job back to the queue where another worker is always faster', async () => {
    const { load, loads } = loading(approved)
    const removalRequests = { load, append: () => TE.left(conflict) }

    const refused = await refuse(performRemoval(depsOf({ removalRequests }))({ job }))

    expect(refused).toStrictEqual({ _tag: 'Unavailable', retryAfterSeconds: 1 })
    expect(loads()).toBe(5)
  })

  it('starts nothing whose approvals are not there, whatever its state says', async () => {
    const bypassed: RemovalRequest = { ...approved, approvals: [] }
    const removalRequests = storeOf(bypassed)
    const deps = depsOf({ removalRequests, dataHolders: { of: () => [untouched] } })

    expect(await succeed(performRemoval(deps)({ job }))).toStrictEqual(finished)
    expect(removalRequests.request()).toMatchObject({ state: 'failed', failure: { reason: 'notApproved' } })
  })

  it('starts nothing that only the submitter approved', async () => {
    const { submittedBy, approvals } = approved
    const bypassed: RemovalRequest = {
      ...approved,
      approvals: approvals.map(approval => ({ ...approval, by: submittedBy })),
    }
    const removalRequests = storeOf(bypassed)
    const deps = depsOf({ removalRequests, dataHolders: { of: () => [untouched] } })

    expect(await succeed(performRemoval(deps)({ job }))).toStrictEqual(finished)
    expect(removalRequests.request()).toMatchObject({ state: 'failed', failure: { reason: 'notApproved' } })
  })

  it.each<[string, O.Option<RemovalRequest>]>([
    ['does not exist', O.none],
    ['waits for approval', O.some(pending)],
  ])('finishes without a trace the job of a request that %s', async (_, found) => {
    const removalRequests = { load: () => TE.right(found), append: unexpected }
    const deps = depsOf({
      removalRequests,
      findPerson: unexpected,
      dataHolders: { of: () => [untouched] },
    })

    expect(await succeed(performRemoval(deps)({ job }))).toStrictEqual(finished)
  })
})

describe('performRemoval, where the store was changed by hand', () => {
  it('does nothing for a request that cannot be read, and says why', async () => {
    const removalRequests = { load: () => TE.right(O.some(unreadableAs(approved))), append: unexpected }
    const deps = depsOf({ removalRequests, dataHolders: { of: () => [untouched] } })

    expect(await succeed(performRemoval(deps)({ job }))).toStrictEqual({
      kind: 'unreadable',
      reason: 'contentDiffers',
    })
  })

  it('fails a request whose person is another one, and calls no holder', async () => {
    const removalRequests = storeOf(approved)
    const findPerson = () => TE.right<Unavailable, 'differs'>('differs')
    const deps = depsOf({ removalRequests, findPerson, dataHolders: { of: () => [untouched] } })

    expect(await succeed(performRemoval(deps)({ job }))).toStrictEqual({ kind: 'subjectDiffers' })
    expect(removalRequests.request()).toMatchObject({
      state: 'failed',
      failure: { reason: 'subjectDiffers' },
    })
  })

  it('records that everybody is held back, once, and waits without a limit', async () => {
    const removalRequests = storeOf(approved)
    const blocked: DataHolder = {
      ...untouched,
      remove: () => TE.left({ _tag: 'NotYet', afterSeconds: 60, blockedBy: 'credential' }),
    }
    const deps = depsOf({ removalRequests, dataHolders: { of: () => [blocked] } })
    await succeed(performRemoval(deps)({ job }))
    const first = removalRequests.request()
    const again = 'job' in first ? first.job : job
    const later = { now: () => addSeconds(clock.now(), 60) }

    expect(first).toMatchObject({ state: 'removing', holders: [{ blocked: { by: 'credential' } }] })
    expect(await succeed(performRemoval({ ...deps, clock: later })({ job: again }))).toMatchObject({
      kind: 'postponed',
    })
    expect(removalRequests.request().version).toBe(first.version)
  })
})
