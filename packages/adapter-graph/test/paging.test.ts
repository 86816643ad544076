import { decoded, refuse, succeed, upTo } from '@lethe/application/testing'
import { UserId } from '@lethe/domain'
import * as fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { graphInboundProfiles } from '../src/index.js'
import { markOf, readPageToken, skipTokenOf, writePageToken } from '../src/page-token.js'
import { makeClient } from './making/client.js'
import { freshIds } from './making/fresh-ids.js'
import { errorReply, rawServer, reply } from './making/raw-server.js'

const pageOf = (value: ReadonlyArray<object>, nextLink?: string): string =>
  reply(200, { body: JSON.stringify({ value, '@odata.nextLink': nextLink }) })

const somebody = () => ({
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
  it('are followed by their skip token, at the configured root only', async () => {
    const { list, requests } = await listing(
      pageOf([somebody()], 'https://attacker.example/beta/x?%24skipToken=a%26b%3D%2F&$top=1'),
      pageOf([somebody()]),
    )

    const first = await succeed(list(5, null))
    const second = await succeed(list(5, first.next))

    expect(second.next).toBeNull()
    expect(targets(requests)).toStrictEqual([
      '/beta/directory/inboundSharedUserProfiles',
      '/beta/directory/inboundSharedUserProfiles?$skiptoken=a%26b%3D%2F',
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

  it('may be in any order, and change it, while some vanish and others come', async () => {
    const [a, b, c, d, e] = [somebody(), somebody(), somebody(), somebody(), somebody()]
    const { list } = await listing(pageOf([a, b, c]), pageOf([d, c, b, e]), pageOf([e, d]))

    const first = await succeed(list(2, null))
    const second = await succeed(list(1, first.next))
    const third = await succeed(list(5, second.next))

    expect([first.items, second.items, third.items]).toStrictEqual([[a, b], [d], [e]])
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
    const after = writePageToken({ skipToken: 'old', shown: [] })

    expect(await refuse(list(5, after))).toStrictEqual({ _tag: 'InvalidPageToken' })
  })

  it('are unavailable where Graph does not like the list itself, or has none', async () => {
    for (const status of [400, 404]) {
      const { list } = await listing(errorReply(status, 'Request_ResourceNotFound'))
      expect(await refuse(list(5, null))).toStrictEqual({ _tag: 'Unavailable', retryAfterSeconds: 5 })
    }
  })

  it.each(['https://graph.example/beta?$top=5', 'not a link', '', 'https://graph.example/?$skiptoken='])(
    'are unreadable where the next link is %j: the rest must not be lost in silence',
    async nextLink => {
      const { list } = await listing(pageOf([somebody()], nextLink))
      expect(await refuse(list(5, null))).toMatchObject({ _tag: 'Unavailable' })
    },
  )
})

describe('a page token', () => {
  it('reads as it was written', () => {
    const positions = fc.record(
      {
        skipToken: fc.option(fc.string({ unit: 'grapheme', minLength: 1 })),
        shown: fc.array(fc.uuid().map(id => markOf(decoded(UserId, id)))),
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
    Buffer.from('{"skip":"","shown":[]}').toString('base64url'),
    Buffer.from('{"skip":7,"shown":[]}').toString('base64url'),
    Buffer.from('{"skip":"a","shown":[],"more":1}').toString('base64url'),
    `${writePageToken({ skipToken: 'a', shown: [] })}=`,
    writePageToken({ skipToken: 'a'.repeat(20_000), shown: [] }),
  ])('is none that was not written so: %.40j', token => {
    expect(readPageToken(token)).toStrictEqual(O.none)
  })

  it('marks people without naming them', () => {
    const userId = decoded(UserId, 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac')
    expect(markOf(userId)).toMatch(/^[\w-]{8}$/)
    expect(markOf(freshIds.userId())).not.toBe(markOf(userId))
  })

  it('is in the link in either spelling', () => {
    for (const link of ['https://a.example/b?$skiptoken=x%2By', 'http://a.example/?%24skipToken=x%2By&c=d'])
      expect(skipTokenOf(link)).toStrictEqual(O.some('x+y'))
  })
})
