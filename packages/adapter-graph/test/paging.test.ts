import { decoded, elementAt, refuse, succeed, upTo } from '@lethe/application/testing'
import { type InboundSharedUserProfile, UserId } from '@lethe/domain'
import * as fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { graphInboundProfiles } from '../src/index.js'
import { cutPage } from '../src/page-cut.js'
import { markOf, type PagePosition, readPageToken, queryOf, writePageToken } from '../src/page-token.js'
import { makeClient } from './making/client.js'
import { freshIds } from './making/fresh-ids.js'
import { errorReply, rawServer, reply } from './making/raw-server.js'

const pageOf = (value: ReadonlyArray<object>, nextLink?: string): string =>
  reply(200, { body: JSON.stringify({ value, '@odata.nextLink': nextLink }) })

const somebody = (): InboundSharedUserProfile => ({
  userId: freshIds.userId(),
  userPrincipalName: 'somebody@fabrikam.example',
  displayName: 'Somebody',
  homeTenantId: freshIds.tenantId(),
})

/** Lists through a Graph that answers in this way, in the order of its requests. */
const listing = async (...answers: ReadonlyArray<string>) => {
  const { root, requests } = await rawServer(
    (socket, _, number) => void socket.write(answers[number - 1] ?? errorReply(500, 'x')),
  )
  const { list } = graphInboundProfiles(makeClient(root).client)
  const tenantId = freshIds.tenantId()
  return {
    requests,
    list: (size: number, after: string | null) => list(tenantId, [], { size, after }),
    byUpn: (value: string) =>
      list(tenantId, [{ property: 'userPrincipalName', value }], { size: 9, after: null }),
  }
}

const targets = (requests: ReadonlyArray<string>): ReadonlyArray<string | undefined> =>
  requests.map(request => request.split(' ')[1])

describe('pages of Graph', () => {
  it('are followed by the query of their link, whatever it holds, at the configured root only', async () => {
    const { list, requests } = await listing(
      pageOf(
        [somebody()],
        'https://attacker.example/x/Directory/inboundSharedUserProfiles?$skip=100&a=%26b%3D%2F',
      ),
      pageOf([somebody()]),
    )

    const first = await succeed(list(5, null))
    const second = await succeed(list(5, first.next))

    expect(second.next).toBeNull()
    expect(targets(requests)).toStrictEqual([
      '/beta/directory/inboundSharedUserProfiles',
      '/beta/directory/inboundSharedUserProfiles?$skip=100&a=%26b%3D%2F',
    ])
  })

  it('are cut to the size wanted, and never asked for with $top', async () => {
    const profiles = upTo(5).map(somebody)
    const { list, requests } = await listing(pageOf(profiles), pageOf(profiles), pageOf(profiles))

    const first = await succeed(list(2, null))
    const second = await succeed(list(2, first.next))
    const third = await succeed(list(2, second.next))

    expect([first, second, third].map(({ items }) => items)).toStrictEqual([
      profiles.slice(0, 2),
      profiles.slice(2, 4),
      profiles.slice(4),
    ])
    expect(third.next).toBeNull()
    expect(new Set(targets(requests))).toStrictEqual(new Set(['/beta/directory/inboundSharedUserProfiles']))
  })

  it('are shown whole where their order changes: somebody twice, but nobody lost, and to an end', async () => {
    const [a, b, c, d, e] = [somebody(), somebody(), somebody(), somebody(), somebody()]
    const { list } = await listing(pageOf([a, b, c, d]), pageOf([d, c, e, b, a]))

    const first = await succeed(list(2, null))
    const second = await succeed(list(1, first.next))

    expect([first.items, second.items]).toStrictEqual([
      [a, b],
      [d, c, e],
    ])
    expect(second.next).toBeNull()
  })

  it('show nobody whom the conditions do not hold for, whatever Graph makes of them', async () => {
    const bob = { ...somebody(), userPrincipalName: 'Bob@fabrikam.example' }
    const { byUpn, requests } = await listing(pageOf([somebody(), bob, somebody()]))

    expect((await succeed(byUpn('bob@fabrikam.example'))).items).toStrictEqual([bob])
    expect(decodeURIComponent(targets(requests)[0] ?? '')).toContain(
      "$filter=userPrincipalName eq 'bob@fabrikam.example'",
    )
  })

  it('are invalid by their token where Graph no longer knows it', async () => {
    const { list } = await listing(errorReply(400, 'Directory_ExpiredPageToken'))
    const after = writePageToken({ query: '$skiptoken=old', shown: [] })

    expect(await refuse(list(5, after))).toStrictEqual({ _tag: 'InvalidPageToken' })
  })

  it('are unavailable where Graph does not like the list itself, or has none', async () => {
    for (const status of [400, 404]) {
      const { list } = await listing(errorReply(status, 'Request_ResourceNotFound'))
      expect(await refuse(list(5, null))).toStrictEqual({ _tag: 'Unavailable', retryAfterSeconds: 5 })
    }
  })

  it.each([
    'https://graph.example/beta/users?$skip=5',
    'https://graph.example/beta/directory/inboundSharedUserProfiles',
    `https://graph.example/beta/directory/inboundSharedUserProfiles?a=${'b'.repeat(4096)}`,
    'not a link',
    '',
  ])('are unreadable where the next link is %j: the rest must not be lost in silence', async nextLink => {
    const { list } = await listing(pageOf([somebody()], nextLink))
    expect(await refuse(list(5, null))).toMatchObject({ _tag: 'Unavailable' })
  })
})

/** A Graph that pages in a stable order, by the last of the page before, and fills its pages up when profiles vanish. */
const stableGraph = (profiles: ReadonlyArray<InboundSharedUserProfile>, pageSize: number) => {
  const place = new Map(profiles.map(({ userId }, index) => [String(userId), index]))
  const gone = new Set<InboundSharedUserProfile>()
  return {
    remove: (profile: InboundSharedUserProfile) => {
      gone.add(profile)
    },
    isThere: (profile: InboundSharedUserProfile) => !gone.has(profile),
    pageAt: (skipToken: string | null) => {
      const rest = profiles
        .slice(skipToken === null ? 0 : (place.get(skipToken) ?? 0) + 1)
        .filter(profile => !gone.has(profile))
      const items = rest.slice(0, pageSize)
      return { items, nextQuery: rest.length > pageSize ? (items.at(-1)?.userId ?? null) : null }
    },
  }
}

/** Reads a list to its end, with a token written and read between two pages. */
const readThrough = (
  graph: ReturnType<typeof stableGraph>,
  size: number,
  between: (shown: ReadonlyArray<InboundSharedUserProfile>) => void = () => undefined,
) => {
  const shown: Array<InboundSharedUserProfile> = []
  const lengths: Array<number> = []
  let position: O.Option<PagePosition> = O.some({ query: null, shown: [] })
  while (O.isSome(position)) {
    const page = cutPage(graph.pageAt(position.value.query), position.value, size)
    shown.push(...page.items)
    lengths.push(page.next?.length ?? 0)
    position = page.next === null ? O.none : readPageToken(page.next)
    if (page.next !== null && O.isNone(position)) throw new Error('A token that nobody reads')
    between(shown)
  }
  return { shown, longestToken: Math.max(...lengths) }
}

describe('a list of which profiles vanish while it is read', () => {
  const profiles = upTo(60).map(somebody)
  const sizes = { graph: fc.integer({ min: 1, max: 70 }), ours: fc.integer({ min: 1, max: 20 }) }
  /** Which of the profiles vanish between two pages, for each pause. */
  const vanishing = fc.array(fc.array(fc.nat({ max: 59 }), { maxLength: 40 }), { maxLength: 80 })

  it('loses nobody who stays', () => {
    fc.assert(
      fc.property(sizes.graph, sizes.ours, vanishing, (graphSize, size, pauses) => {
        const graph = stableGraph(profiles, graphSize)
        const left = [...pauses]
        const { shown } = readThrough(graph, size, () => {
          for (const index of left.shift() ?? []) graph.remove(elementAt(profiles, index))
        })
        const stayed = profiles.filter(graph.isThere)
        expect(stayed.filter(profile => !shown.includes(profile))).toStrictEqual([])
      }),
    )
  })

  it('repeats nobody, if only the next one stays', () => {
    fc.assert(
      fc.property(sizes.graph, sizes.ours, vanishing, (graphSize, size, pauses) => {
        const graph = stableGraph(profiles, graphSize)
        const left = [...pauses]
        const { shown } = readThrough(graph, size, soFar => {
          const last = Math.max(-1, ...soFar.map(profile => profiles.indexOf(profile)))
          const next = profiles.slice(last + 1).find(graph.isThere)
          for (const index of left.shift() ?? [])
            if (profiles[index] !== next) graph.remove(elementAt(profiles, index))
        })
        expect(new Set(shown).size).toBe(shown.length)
      }),
    )
  })

  /** The places of those that are shown in pages of 20, where these vanish behind the first. */
  const shownWithout = (vanished: ReadonlyArray<number>) => {
    const graph = stableGraph(profiles, 60)
    const { shown } = readThrough(graph, 20, () => {
      for (const index of vanished) graph.remove(elementAt(profiles, index))
    })
    return shown.map(profile => profiles.indexOf(profile))
  }
  const from = (first: number, count: number) => upTo(count).map(index => first + index - 1)

  it.each([
    ['the last eight that were shown', from(12, 8), from(0, 60)],
    ['all that were shown', from(0, 20), from(0, 60)],
    ['the eight that come next', from(20, 8), [...from(0, 20), ...from(28, 32)]],
    ['all that come next', from(20, 40), from(0, 20)],
    [
      'all around where the page ended but one that was shown',
      from(13, 15),
      [...from(0, 20), ...from(28, 32)],
    ],
    ['all around where the page ended but one that was not', from(12, 15), [...from(0, 20), ...from(27, 33)]],
    ['too many: then it begins again', from(12, 16), [...from(0, 20), ...from(0, 12), ...from(28, 32)]],
  ])('goes on behind what was shown where %s vanish', (_who, vanished, shown) => {
    expect(shownWithout(vanished)).toStrictEqual(shown)
  })
})

describe('a page token', () => {
  it.each([50, 100, 998])('is short where Graph has 999 on its page and ours %i', size => {
    const graph = stableGraph(upTo(999).map(somebody), 999)
    const { shown, longestToken } = readThrough(graph, size)
    expect(new Set(shown).size).toBe(999)
    expect(longestToken).toBeLessThan(300)
  })

  it('holds the query of a link in place of a skip token, up to 4,096 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', minLength: 4096, maxLength: 4096 }), query => {
        const visible = query.replace(/[^!-~]/g, '"')
        const shown = upTo(8).map(() => markOf(freshIds.userId()))
        const position = { query: visible, shown, next: shown }
        expect(readPageToken(writePageToken(position))).toStrictEqual(O.some(position))
      }),
    )
  })

  it('reads as it was written', () => {
    const marks = fc.array(fc.uuid().map(id => markOf(decoded(UserId, id))))
    const positions = fc.record(
      {
        query: fc.option(fc.string({ unit: 'grapheme', minLength: 1 })),
        shown: marks,
        next: marks,
      },
      { noNullPrototype: true },
    )
    fc.assert(
      fc.property(positions, position => {
        expect(readPageToken(writePageToken(position))).toStrictEqual(O.some(position))
      }),
    )
  })

  it('is never read from anything else', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const read = readPageToken(text)
        expect(O.isNone(read) || writePageToken(read.value) === text).toBe(true)
      }),
    )
  })

  it.each([
    Buffer.from('{"skip":"","shown":[],"next":[]}').toString('base64url'),
    Buffer.from('{"skip":7,"shown":[],"next":[]}').toString('base64url'),
    Buffer.from('{"skip":"a","shown":[]}').toString('base64url'),
    Buffer.from('{"skip":"a","shown":[],"next":[],"more":1}').toString('base64url'),
    `${writePageToken({ query: 'a', shown: [] })}=`,
    writePageToken({ query: 'a'.repeat(20_000), shown: [] }),
  ])('is none that was not written so: %.40j', token => {
    expect(readPageToken(token)).toStrictEqual(O.none)
  })

  it('marks people without naming them', () => {
    const userId = decoded(UserId, 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac')
    expect(markOf(userId)).toMatch(/^[\w-]{8}$/)
    expect(markOf(freshIds.userId())).not.toBe(markOf(userId))
  })

  it('holds the query of the link as it is', () => {
    const query = '%24skipToken=x%2By&c=d'
    expect(queryOf(`https://a.example/b/directory/inboundSharedUserProfiles?${query}`)).toStrictEqual(
      O.some(query),
    )
  })
})
