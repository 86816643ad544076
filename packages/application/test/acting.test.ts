import {
  type Append,
  approveRemoval,
  type ApproveRemovalDeps,
  denyRemoval,
  type DenyRemovalDeps,
  noSignIns,
  retryRemoval,
  type SignIns,
  type Unavailable,
  type VersionConflict,
  withdrawRemoval,
} from '../src/index.js'
import { decoded, refuse, succeed } from '../src/testing/index.js'
import { approve as approveBy, fail, PositiveInteger, type RemovalRequest, withdraw } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { counting, down, loading, nobody, unavailable, unexpected } from './fakes.js'
import {
  after,
  approver,
  clock,
  decidedOn,
  granted,
  pending,
  referenceOf,
  requestId,
  start,
  submitter,
} from './making.js'

const conflict: VersionConflict = { _tag: 'VersionConflict' }

/** A store that refuses so many appends before it takes one. */
const refusing = (conflicts: number) => {
  const appends: Array<Append> = []
  return {
    appends,
    append: (append: Append) => {
      appends.push(append)
      return appends.length <= conflicts
        ? TE.left<Unavailable | VersionConflict>(conflict)
        : TE.right(after(pending, append.events))
    },
  }
}

const working: ApproveRemovalDeps & DenyRemovalDeps = {
  ...nobody,
  removalRequests: { load: loading(pending).load, append: refusing(0).append },
  identifiers: counting(),
  clock,
  signIns: noSignIns,
}
const approve = { grant: granted('approve'), id: requestId }

describe('acting on a request', () => {
  it.each<[string, Partial<ApproveRemovalDeps>]>([
    ['the store, on loading', { removalRequests: { load: unavailable, append: unexpected } }],
    ['the store, on appending', { removalRequests: { load: loading(pending).load, append: unavailable } }],
    ['the actors', { actors: { referenceOf: unavailable } }],
  ])('passes on that %s cannot be asked', async (_, broken) => {
    expect(await refuse(approveRemoval({ ...working, ...broken })(approve))).toStrictEqual(down)
  })

  it('appends nothing where the request does not exist', async () => {
    const removalRequests = { load: () => TE.right(O.none), append: unexpected }

    expect(await refuse(approveRemoval({ ...working, removalRequests })(approve))).toStrictEqual({
      _tag: 'RequestNotFound',
      id: requestId,
    })
  })

  it('appends nothing where the actors cannot be asked', async () => {
    const deps = {
      ...working,
      removalRequests: { load: loading(pending).load, append: unexpected },
      actors: { ...nobody.actors, referenceOf: unavailable },
    }

    expect(await refuse(approveRemoval(deps)(approve))).toStrictEqual(down)
  })

  it.each([1, 5, 9])('decides anew where somebody else was faster, %i times', async conflicts => {
    const store = refusing(conflicts)
    const { load, loads } = loading(pending)
    const removalRequests = { load, append: store.append }

    const request = await succeed(approveRemoval({ ...working, removalRequests })(approve))

    expect(request.state).toBe('approved')
    expect([store.appends.length, loads()]).toStrictEqual([conflicts + 1, conflicts + 1])
  })

  it('asks the caller to come back where somebody else is always faster', async () => {
    const store = refusing(1000)
    const removalRequests = { load: loading(pending).load, append: store.append }

    const refused = await refuse(approveRemoval({ ...working, removalRequests })(approve))

    expect(refused).toStrictEqual({ _tag: 'Unavailable', retryAfterSeconds: 1 })
    expect(store.appends).toHaveLength(10)
  })

  it('decides on the state that the other left', async () => {
    const withdrawn = decidedOn(pending, withdraw({ by: submitter, reach: 'own', at: start }))
    const removalRequests = { load: loading(pending, withdrawn).load, append: refusing(1).append }

    expect(await refuse(approveRemoval({ ...working, removalRequests })(approve))).toStrictEqual({
      _tag: 'WrongState',
      state: 'withdrawn',
    })
  })

  it('expects the version that it decided on, and introduces who acts', async () => {
    const store = refusing(0)
    const removalRequests = { load: loading(pending).load, append: store.append }

    await succeed(approveRemoval({ ...working, removalRequests })(approve))

    expect(store.appends).toMatchObject([
      { expectedVersion: pending.version, note: null, actor: { actor: { kind: 'person' } } },
    ])
  })

  it('uses the reference under which somebody has acted, and introduces them no second time', async () => {
    const store = refusing(0)
    const deps = {
      ...working,
      removalRequests: { load: loading(pending).load, append: store.append },
      actors: { ...nobody.actors, referenceOf: () => TE.right(O.some(approver)) },
    }

    await succeed(denyRemoval(deps)({ grant: granted('deny'), id: requestId, code: 'duplicate', note: null }))

    expect(store.appends).toMatchObject([{ actor: null, events: [{ data: { by: approver } }] }])
  })

  it('takes somebody for the submitter by their reference, not by the request', async () => {
    const deps = {
      ...working,
      removalRequests: { load: loading(pending).load, append: unexpected },
      actors: { ...nobody.actors, referenceOf: () => TE.right(O.some(submitter)) },
    }

    expect(await refuse(approveRemoval(deps)(approve))).toStrictEqual({ _tag: 'SelfApproval' })
  })

  it('appends nothing for a repeat', async () => {
    const withdrawn = decidedOn(pending, withdraw({ by: referenceOf(50), reach: 'any', at: start }))
    const deps = {
      ...working,
      removalRequests: { load: loading(withdrawn).load, append: unexpected },
      actors: { ...nobody.actors, referenceOf: () => TE.right(O.some(referenceOf(50))) },
    }

    const request = await succeed(withdrawRemoval(deps)({ grant: granted('withdraw'), id: requestId }))

    expect(request).toStrictEqual(withdrawn)
  })

  it('asks for a note before it asks anybody', async () => {
    const removalRequests = { load: unexpected, append: unexpected }
    const input = { grant: granted('deny'), id: requestId, code: 'other', note: ' ' } as const

    expect(await refuse(denyRemoval({ ...working, removalRequests })(input))).toStrictEqual({
      _tag: 'NoteRequired',
    })
  })

  it('refuses a retry of what has not failed', async () => {
    expect(await refuse(retryRemoval(working)({ grant: granted('retry'), id: requestId }))).toStrictEqual({
      _tag: 'WrongState',
      state: 'pendingApproval',
    })
  })
})

describe('the sign-in of who sets a worker going', () => {
  /** Notes who is kept, and what was appended before. */
  const keeping = () => {
    const log: Array<string> = []
    const kept: Array<Parameters<SignIns['keep']>[0]> = []
    return {
      log,
      kept,
      signIns: {
        keep: (signIn: Parameters<SignIns['keep']>[0]) => {
          kept.push(signIn)
          log.push('kept')
          return TE.right(undefined)
        },
      },
      removalRequests: (request: RemovalRequest, conflicts = 0) => ({
        load: loading(request).load,
        append: (append: Append) => {
          log.push('appended')
          return log.filter(entry => entry === 'appended').length <= conflicts
            ? TE.left<Unavailable | VersionConflict>(conflict)
            : TE.right(after(request, append.events))
        },
      }),
    }
  }

  it('is kept before the last approval is recorded, under the reference of the approver', async () => {
    const { log, kept, signIns, removalRequests } = keeping()

    await succeed(approveRemoval({ ...working, signIns, removalRequests: removalRequests(pending) })(approve))

    expect(log).toStrictEqual(['kept', 'appended'])
    expect(kept).toMatchObject([
      { tenantId: pending.tenantId, requestId: pending.id, caller: approve.grant.caller },
    ])
  })

  it('is kept again where the decision is made anew', async () => {
    const { log, signIns, removalRequests } = keeping()

    await succeed(
      approveRemoval({ ...working, signIns, removalRequests: removalRequests(pending, 1) })(approve),
    )

    expect(log).toStrictEqual(['kept', 'appended', 'kept', 'appended'])
  })

  it('is not kept while another approval is missing, nor for a repeat, nor for a refusal', async () => {
    const two = { ...pending, policy: { mode: 'approvers', required: decoded(PositiveInteger, 2) } as const }
    const repeated = decidedOn(two, approveBy({ by: approver, guest: false, at: start }))
    const actors = { ...nobody.actors, referenceOf: () => TE.right(O.some(approver)) }
    const mine = { ...nobody.actors, referenceOf: () => TE.right(O.some(submitter)) }
    const { kept, signIns, removalRequests } = keeping()

    await succeed(approveRemoval({ ...working, signIns, removalRequests: removalRequests(two) })(approve))
    await succeed(
      approveRemoval({ ...working, signIns, actors, removalRequests: removalRequests(repeated) })(approve),
    )
    await refuse(
      approveRemoval({ ...working, signIns, actors: mine, removalRequests: removalRequests(pending) })(
        approve,
      ),
    )

    expect(kept).toStrictEqual([])
  })

  it('that cannot be kept now leaves the request as it is', async () => {
    const signIns = { keep: unavailable }
    const removalRequests = { load: loading(pending).load, append: unexpected }

    expect(await refuse(approveRemoval({ ...working, signIns, removalRequests })(approve))).toStrictEqual(
      down,
    )
  })

  it('is kept for a retry', async () => {
    const failed = decidedOn(
      decidedOn(pending, approveBy({ by: approver, guest: false, at: start })),
      fail({ reason: 'signInRequired', at: start }),
    )
    const { log, signIns, removalRequests } = keeping()
    const grant = granted('retry')

    await succeed(
      retryRemoval({ ...working, signIns, removalRequests: removalRequests(failed) })({
        grant,
        id: requestId,
      }),
    )

    expect(log).toStrictEqual(['kept', 'appended'])
  })
})
