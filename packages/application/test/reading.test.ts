import {
  getHistory,
  getProfile,
  getRemovalRequest,
  listProfiles,
  listRemovalRequests,
  viewOf,
} from '../src/index.js'
import { decoded, refuse, succeed } from '../src/testing/index.js'
import { deny, Hash, NoteReference, type RemovalRequest } from '@lethe/domain'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { down, loading, nobody, unavailable, unexpected } from './fakes.js'
import { approver, decidedOn, granted, guid, pending, profile, requestId, start, userId } from './making.js'

const page = { size: 10, after: null }
const invalid = { _tag: 'InvalidPageToken' } as const
const throttled = { _tag: 'Throttled', retryAfterSeconds: 5 } as const
const digest = { envelope: () => decoded(Hash, 'c'.repeat(64)) }

describe('reading requests', () => {
  const list = { grant: granted('listRemovalRequests'), filter: {}, page }
  const get = { grant: granted('getRemovalRequest'), id: requestId }

  it('passes on that the store cannot be asked', async () => {
    const { grant, id } = { grant: granted('getHistory'), id: requestId }
    const removalRequests = { list: unavailable, load: unavailable, history: unavailable }

    expect(await refuse(listRemovalRequests({ ...nobody, removalRequests })(list))).toStrictEqual(down)
    expect(await refuse(getRemovalRequest({ ...nobody, removalRequests })(get))).toStrictEqual(down)
    expect(await refuse(getHistory({ removalRequests, digest })({ grant, id }))).toStrictEqual(down)
  })

  it('passes on that the people cannot be asked', async () => {
    const removalRequests = { load: loading(pending).load }

    for (const broken of [{ subjects: { resolve: unavailable } }, { actors: { resolve: unavailable } }]) {
      const deps = { ...nobody, ...broken, removalRequests }
      expect(await refuse(getRemovalRequest(deps)(get))).toStrictEqual(down)
    }
  })

  it('passes on that notes cannot be resolved, and asks for none where there are none', async () => {
    const note = decoded(NoteReference, guid(30))
    const denied = decidedOn(pending, deny({ by: approver, code: 'legalClaims', note, at: start }))
    const shown = (request: RemovalRequest) => viewOf({ ...nobody, notes: { resolve: unavailable } })(request)

    expect(await succeed(shown(pending))).toMatchObject({ note: null })
    expect(await refuse(shown(denied))).toStrictEqual(down)
  })

  it('passes on that a page token is none, before it asks for anybody', async () => {
    const removalRequests = { list: () => TE.left(invalid) }
    const deps = {
      subjects: { resolve: unexpected },
      actors: { resolve: unexpected },
      notes: { resolve: unexpected },
      digest: { commitment: unexpected },
      removalRequests,
    }

    expect(await refuse(listRemovalRequests(deps)(list))).toStrictEqual(invalid)
  })

  it('shows a request whose people are all erased', async () => {
    const removalRequests = { load: loading(pending).load }

    const view = await succeed(getRemovalRequest({ ...nobody, removalRequests })(get))

    expect(view).toStrictEqual({ request: pending, userId: null, actors: new Map(), note: null })
  })
})

describe('reading profiles', () => {
  const get = { grant: granted('getProfile'), userId }
  const list = { grant: granted('listProfiles'), conditions: [], page }

  it.each([down, throttled])('passes on that the directory is $_tag', async problem => {
    const inboundProfiles = { get: () => TE.left(problem), list: () => TE.left(problem) }

    expect(await refuse(getProfile({ inboundProfiles })(get))).toStrictEqual(problem)
    expect(await refuse(listProfiles({ inboundProfiles })(list))).toStrictEqual(problem)
  })

  it('passes on that notes cannot be resolved, and asks for none where there are none', async () => {
    const note = decoded(NoteReference, guid(30))
    const denied = decidedOn(pending, deny({ by: approver, code: 'legalClaims', note, at: start }))
    const shown = (request: RemovalRequest) => viewOf({ ...nobody, notes: { resolve: unavailable } })(request)

    expect(await succeed(shown(pending))).toMatchObject({ note: null })
    expect(await refuse(shown(denied))).toStrictEqual(down)
  })

  it('passes on that a page token is none', async () => {
    const inboundProfiles = { list: () => TE.left(invalid) }

    expect(await refuse(listProfiles({ inboundProfiles })(list))).toStrictEqual(invalid)
  })

  it('tells what is there from what is not', async () => {
    const there = { get: () => TE.right(O.some(profile)) }
    const gone = { get: () => TE.right(O.none) }

    expect(await succeed(getProfile({ inboundProfiles: there })(get))).toStrictEqual(profile)
    expect(await refuse(getProfile({ inboundProfiles: gone })(get))).toStrictEqual({
      _tag: 'ProfileNotFound',
      userId,
    })
  })
})
