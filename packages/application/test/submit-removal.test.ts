import { submitRemoval, type SubmitRemovalDeps, type Submitted } from '../src/index.js'
import { refuse, succeed } from '../src/testing/index.js'
import { addSeconds, saturdayAndSunday } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { counting, down, loading, nobody, unavailable, unexpected } from './fakes.js'
import { clock, commitment, granted, graph, pending, profile, start, submitter, userId } from './making.js'

const notRecording = { submit: unexpected, openFor: unexpected, load: unexpected, append: unexpected }
const joined: Submitted = { joined: true, request: pending }

const working: SubmitRemovalDeps = {
  ...nobody,
  removalRequests: { ...notRecording, submit: () => TE.right(joined), load: loading(pending).load },
  actors: { ...nobody.actors, referenceOf: () => TE.right(O.some(submitter)) },
  batches: { requestFor: unexpected, refusalOf: unexpected },
  inboundProfiles: { get: () => TE.right(O.some(profile)) },
  dataHolders: { of: () => [{ name: graph, remove: unexpected, readBack: unexpected }] },
  approvalPolicies: {
    of: () => TE.right({ approval: { mode: 'approvers', required: 1 }, expiresAfterDays: null }),
  },
  calendar: saturdayAndSunday,
  clock,
  identifiers: counting(),
  digest: { commitment: () => commitment },
  signIns: { keep: unexpected },
}
const input = { grant: granted('submit'), userId, receivedAt: null, batch: null }

describe('submitRemoval', () => {
  it('works over these fakes', async () => {
    expect(await succeed(submitRemoval(working)(input))).toMatchObject({ joined: true })
  })

  it.each<[string, Partial<SubmitRemovalDeps>]>([
    ['the directory', { inboundProfiles: { get: unavailable }, removalRequests: notRecording }],
    ['the policies', { approvalPolicies: { of: unavailable }, removalRequests: notRecording }],
    ['the store', { removalRequests: { ...notRecording, submit: unavailable } }],
    [
      'the store about a profile that is gone',
      {
        inboundProfiles: { get: () => TE.right(O.none) },
        removalRequests: { ...notRecording, openFor: unavailable },
      },
    ],
  ])('passes on that %s cannot be asked', async (_, broken) => {
    expect(await refuse(submitRemoval({ ...working, ...broken })(input))).toStrictEqual(down)
  })

  it('passes on that the directory asks to wait, and records nothing', async () => {
    const throttled = { _tag: 'Throttled', retryAfterSeconds: 90 } as const
    const deps = {
      ...working,
      inboundProfiles: { get: () => TE.left(throttled) },
      removalRequests: notRecording,
    }

    expect(await refuse(submitRemoval(deps)(input))).toStrictEqual(throttled)
  })

  it('refuses a receipt in the future before it asks anybody', async () => {
    const deps = { ...working, inboundProfiles: { get: unexpected }, removalRequests: notRecording }
    const receivedAt = addSeconds(start, 0.001)

    expect(await refuse(submitRemoval(deps)({ ...input, receivedAt }))).toStrictEqual({
      _tag: 'ReceivedInFuture',
    })
  })

  it('shows a request that was joined only to the one who looks', async () => {
    const deps = { ...working, subjects: { resolve: unavailable } }

    const { request, view } = await succeed(submitRemoval(deps)(input))

    expect(request).toStrictEqual(pending)
    expect(await refuse(view)).toStrictEqual(down)
  })

  it('refuses a receipt of over a year ago before it asks anybody, and takes one that was confirmed', async () => {
    const deps = { ...working, inboundProfiles: { get: unexpected }, removalRequests: notRecording }
    const receivedAt = addSeconds(start, -367 * 86_400)

    expect(await refuse(submitRemoval(deps)({ ...input, receivedAt }))).toStrictEqual({
      _tag: 'ReceivedLongAgo',
    })
    const recording: SubmitRemovalDeps = {
      ...working,
      removalRequests: { ...notRecording, submit: () => TE.right({ joined: false, request: pending }) },
    }
    expect(
      await succeed(submitRemoval(recording)({ ...input, receivedAt, receivedConfirmed: true })),
    ).toMatchObject({ joined: false })
  })

  it('asks nobody who is in a request that it has just recorded', async () => {
    const deps: SubmitRemovalDeps = {
      ...working,
      removalRequests: {
        ...notRecording,
        submit: () => TE.right({ joined: false, request: pending }),
      },
      subjects: { resolve: unexpected },
      actors: { resolve: unexpected, referenceOf: unexpected },
      notes: { resolve: unexpected },
    }

    const submitted = await succeed(submitRemoval(deps)(input))
    const view = await succeed(submitted.view)

    expect(view).toMatchObject({ userId, note: null })
    expect([...view.actors.values()]).toMatchObject([{ kind: 'person' }])
  })
})
