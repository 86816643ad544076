import { ProfileCollection } from '@lethe/graph-contract'
import * as t from 'io-ts'
import { afterAll, describe, expect, test } from 'vitest'
import { errorOf, jsonOf, rowOf } from './making/answer.js'
import type { Ask } from './making/asking.js'
import { decoded, present } from './making/decoded.js'
import { publicUrl } from './making/environment.js'
import { openIssuer } from './making/issuer.js'
import { bob, carol, contoso, crowd, dave } from './making/places.js'
import { pageIn, pathOf, profilesPath, requestsPath, submit } from './making/requests.js'
import { badRequest } from './making/rows.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const many = crowd(23)
const openCrowd = () => openWorld(issuer, { profiles: new Map([[contoso, many]]) })

/** Follows a list to its end; at most as many pages as there can be. */
const follow = async (
  ask: Ask,
  path: string,
  read: (text: string) => { readonly ids: ReadonlyArray<string>; readonly next: string | undefined },
): Promise<ReadonlyArray<ReadonlyArray<string>>> => {
  const pages: Array<ReadonlyArray<string>> = []
  let next: string | undefined = `${publicUrl}${path}`
  while (next !== undefined && pages.length < 50) {
    expect(next.startsWith(`${publicUrl}/`)).toBe(true)
    const answer = await ask('GET', pathOf(next), { as: 'pradeep' })
    const page = read(answer.text)
    pages.push(page.ids)
    next = page.next
  }
  return pages
}

const requestPage = (text: string) => {
  const page = pageIn({ status: 200, headers: new Headers(), text })
  return { ids: page.value.map(({ id }) => id), next: page['@odata.nextLink'] }
}

const profilePage = (text: string) => {
  const page = decoded(ProfileCollection)(jsonOf({ text }))
  return { ids: page.value.map(({ userId }) => userId), next: page['@odata.nextLink'] }
}

describe('the list of requests', () => {
  test('gives each request once, the newest first, whatever the size of a page', async () => {
    const { ask } = openCrowd()
    const made: Array<string> = []
    for (const { userId } of many) made.push((await submit(ask, 'lena', userId)).split('/').at(-1) ?? '')
    for (const size of [1, 7, 22, 23, 24, 999]) {
      const pages = await follow(ask, `${requestsPath}?$top=${size}`, requestPage)
      expect(pages.flat()).toEqual(made.toReversed())
      expect(pages).toHaveLength(Math.ceil(many.length / size))
    }
    expect((await follow(ask, requestsPath, requestPage)).flat()).toEqual(made.toReversed())
  })

  test('keeps its filter from page to page', async () => {
    const { ask } = openCrowd()
    const denied: Array<string> = []
    for (const [index, { userId }] of many.entries()) {
      const path = await submit(ask, 'lena', userId)
      if (index % 2 === 1) {
        await ask('POST', `${path}/deny`, { as: 'megan', body: { code: 'duplicate' } })
        denied.push(path.split('/').at(-1) ?? '')
      }
    }
    const filter = '?state=denied,withdrawn&dueBefore=2999-01-01T00:00:00%2B01:00&$top=4'
    const pages = await follow(ask, `${requestsPath}${filter}`, requestPage)
    expect(pages.map(page => page.length)).toEqual([4, 4, 3])
    expect(pages.flat()).toEqual(denied.toReversed())
  })

  test('goes on where it was when requests come in between', async () => {
    const { ask } = openCrowd()
    for (const { userId } of many.slice(0, 4)) await submit(ask, 'lena', userId)
    const first = pageIn(await ask('GET', `${requestsPath}?$top=2`, { as: 'megan' }))
    await submit(ask, 'lena', many.at(4)?.userId)
    const second = pageIn(await ask('GET', pathOf(present(first['@odata.nextLink'])), { as: 'megan' }))
    const userIds = [...first.value, ...second.value].map(({ userId }) => userId)
    expect(userIds).toEqual(
      many
        .slice(0, 4)
        .map(({ userId }) => userId)
        .toReversed(),
    )
    expect(second['@odata.nextLink']).toBeUndefined()
  })

  test('filters by state, person and due date', async () => {
    const { ask } = openWorld(issuer)
    const post = (userId: string, receivedDateTime: string) =>
      ask('POST', requestsPath, { as: 'lena', body: { userId, receivedDateTime, receivedConfirmed: true } })
    await post(bob.userId, '2026-01-05T10:00:00Z')
    await post(carol.userId, '2026-02-05T10:00:00Z')
    const path = await submit(ask, 'lena', dave.userId)
    await ask('POST', `${path}/withdraw`, { as: 'lena' })
    const found = async (query: string) =>
      pageIn(await ask('GET', `${requestsPath}?${query}`, { as: 'megan' })).value.map(({ userId }) => userId)
    expect(await found('state=withdrawn')).toEqual([dave.userId])
    expect(await found('state=pendingApproval, withdrawn')).toHaveLength(3)
    expect(await found(`userId=${bob.userId.toUpperCase()}`)).toEqual([bob.userId])
    expect(await found('dueBefore=2026-02-06T00:00:00Z')).toEqual([bob.userId])
    expect(await found(`dueBefore=2026-04-01T00:00:00Z&userId=${carol.userId}`)).toEqual([carol.userId])
    expect(await found(`state=completed&userId=${bob.userId}`)).toEqual([])
  })

  test.each([
    'state=secret',
    'state=',
    'state=toString',
    'userId=secret@contoso.example',
    'userId=',
    'dueBefore=secret',
    'dueBefore=2026-02-30T00:00:00Z',
    '$top=0',
    '$top=1000',
    '$top=-1',
    '$top=1.5',
    '$top=secret',
    '$skiptoken=',
    '$skiptoken=secret',
    '$filter=secret',
    'secret=1',
    'State=denied',
    'state=denied&state=denied',
    '$top=1&$top=1',
    '__proto__=secret',
  ])('does not take ?%s, and repeats nothing of it', async query => {
    const answer = await openWorld(issuer).ask('GET', `${requestsPath}?${query}`, { as: 'megan' })
    expect(rowOf(answer)).toMatchObject({ status: 400, code: 'BadRequest' })
    expect(errorOf(answer).message).toContain('query option')
    expect(answer.text).not.toContain('secret')
  })
})

describe('the list of profiles', () => {
  test('gives each profile once, whatever the size of a page', async () => {
    const { ask } = openCrowd()
    for (const size of [1, 7, 22, 23, 24]) {
      const pages = await follow(ask, `${profilesPath}?$top=${size}`, profilePage)
      expect(pages.flat()).toEqual(many.map(({ userId }) => userId))
      expect(pages).toHaveLength(Math.ceil(many.length / size))
    }
  })

  test('is paged by the server where the client names no size', async () => {
    const all = crowd(250)
    const { ask } = openWorld(issuer, { profiles: new Map([[contoso, all]]) })
    const pages = await follow(ask, profilesPath, profilePage)
    expect(pages.map(page => page.length)).toEqual([100, 100, 50])
    expect(new Set(pages.flat()).size).toBe(250)
  })

  test('keeps $filter and $select from page to page', async () => {
    const { ask } = openCrowd()
    const query = `$filter=homeTenantId eq '486FB458-9474-4c44-896b-b30942d055f0'&$select=userId&$top=10`
    const first = await ask('GET', `${profilesPath}?${encodeURI(query)}`, { as: 'pradeep' })
    expect(first.text).not.toContain('displayName')
    const { '@odata.nextLink': link } = decoded(t.type({ '@odata.nextLink': t.string }))(jsonOf(first))
    const second = await ask('GET', pathOf(link), { as: 'pradeep' })
    expect(second.text).not.toContain('displayName')
    expect(second.text).toContain(many.at(10)?.userId ?? '')
  })

  test('goes on where it was when a profile goes in between', async () => {
    const { ask, work } = openCrowd()
    const first = profilePage((await ask('GET', `${profilesPath}?$top=3`, { as: 'megan' })).text)
    const path = await submit(ask, 'lena', many.at(2)?.userId)
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await work()
    const second = profilePage((await ask('GET', pathOf(present(first.next)), { as: 'megan' })).text)
    expect(second.ids).toEqual(many.slice(3, 6).map(({ userId }) => userId))
  })

  test.each([
    ['$count=true', "The query option '$count' is not supported."],
    ['$skip=1', "The query option '$skip' is not supported."],
    ['$expand=secret', "The query option '$expand' is not supported."],
    ['secret@x=1', 'A query option is not supported.'],
    ['$top=secret', 'The query option $top must be a whole number from 1 to 999.'],
    ['$top=1&$top=2', 'The query option $top is given more than once.'],
    [
      '$select=secret',
      'The query option $select must be a list of userId, userPrincipalName, displayName, homeTenantId, separated by commas.',
    ],
  ])('does not take ?%s', async (query, message) => {
    const answer = await openWorld(issuer).ask('GET', `${profilesPath}?${query}`, { as: 'megan' })
    expect(rowOf(answer)).toEqual(badRequest(message))
  })

  test.each([
    "displayName eq 'secret'",
    "userId eq 'secret'",
    "userId ne 'secret'",
    'secret',
    "userId eq 'a' or userId eq 'b'",
  ])('does not filter by %s, and repeats nothing of it', async filter => {
    const path = `${profilesPath}?$filter=${encodeURIComponent(filter)}`
    const answer = await openWorld(issuer).ask('GET', path, { as: 'megan' })
    expect(rowOf(answer)).toMatchObject({ status: 400, code: 'BadRequest' })
    expect(answer.text).not.toContain('secret')
  })

  test('one profile takes $select alone', async () => {
    const { ask } = openWorld(issuer)
    const path = `${profilesPath}/${bob.userId}`
    const selected = await ask('GET', `${path}?$select=displayName`, { as: 'megan' })
    expect(jsonOf(selected)).toEqual({
      '@odata.context': `${publicUrl}/beta/$metadata#directory/inboundSharedUserProfiles(displayName)/$entity`,
      displayName: bob.displayName,
    })
    expect((await ask('GET', `${path}?$top=1`, { as: 'megan' })).status).toBe(400)
  })

  test('a token of another list is 400', async () => {
    const { ask } = openWorld(issuer)
    const answer = await ask('GET', `${profilesPath}?$skiptoken=secret`, { as: 'megan' })
    expect(rowOf(answer)).toEqual(badRequest('Malformed query option: $skiptoken.'))
  })
})
