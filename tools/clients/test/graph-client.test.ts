import { PageIterator } from '@microsoft/microsoft-graph-client'
import { describe, expect, test } from 'vitest'
import { leaveNothingOpen } from './making/closing.js'
import { denied, expired, failureOf, unknownProfile } from './making/failure.js'
import {
  graphClientFor,
  idsOf,
  locationThrough,
  operationAt,
  Page,
  removeThrough,
} from './making/graph-client.js'
import { decoded } from './making/decoded.js'
import { openLethe } from './making/lethe.js'
import { bob, everybody, fabrikam, nobody } from './making/profiles.js'

leaveNothingOpen()

const path = '/directory/inboundSharedUserProfiles'
const everyId = everybody.map(({ userId }): string => userId).toSorted()

describe.each(['seed', 'graph'] as const)('the graph client over https under the contract %s', contract => {
  test('reads a profile', async () => {
    const client = graphClientFor(await openLethe(contract, 'https'), 'adele')
    expect(await client.api(`${path}/${bob.userId}`).get()).toMatchObject(bob)
  })

  test('follows the links of pages to the end', async () => {
    const client = graphClientFor(await openLethe(contract, 'https'), 'adele')
    const sizes: Array<number> = []
    const seen: Array<string> = []
    for (let next: string | undefined = `${path}?$top=10`; next !== undefined;) {
      const page = decoded(Page)(await client.api(next).get())
      sizes.push(page.value.length)
      seen.push(...idsOf(page))
      next = page['@odata.nextLink']
    }
    expect(sizes).toEqual([10, 10, 5])
    expect(seen.toSorted()).toEqual(everyId)
  })

  test('iterates over pages with everything that was asked for', async () => {
    const client = graphClientFor(await openLethe(contract, 'https'), 'adele')
    const first = decoded(Page)(
      await client.api(path).filter(`homeTenantId eq '${fabrikam}'`).select('userId').top(10).get(),
    )
    const seen: Array<unknown> = []
    const pages = new PageIterator(client, first, profile => seen.push(profile) > 0)
    await pages.iterate()
    expect(pages.isComplete()).toBe(true)
    expect(seen).toHaveLength(everybody.length)
    expect(seen.slice(-1)).toEqual([{ userId: everyId.at(-1) }])
  })

  test('gets what a filter lets through', async () => {
    const client = graphClientFor(await openLethe(contract, 'https'), 'adele')
    const page: unknown = await client
      .api(path)
      .filter(`userPrincipalName eq '${bob.userPrincipalName}'`)
      .get()
    expect(idsOf(decoded(Page)(page))).toEqual([bob.userId])
  })

  test.each([
    ['nothing', undefined, ''],
    ['null', null, 'null'],
    ['an empty object', {}, '{}'],
  ])('asks for a removal with %s for a body, as it comes', async (_, body, sent) => {
    const lethe = await openLethe(contract, 'https')
    const client = graphClientFor(lethe, 'adele')
    expect(await client.api(`${path}/${bob.userId}/removePersonalData`).post(body)).toBeUndefined()
    expect(lethe.received.at(-1)).toMatchObject({
      headers: { 'content-type': 'application/json' },
      body: sent,
    })
    expect(await lethe.requests()).toMatchObject([{ userId: bob.userId, state: 'pendingApproval' }])
  })

  test('follows Operation-Location, and has it approved, to the end', async () => {
    const lethe = await openLethe(contract, 'https')
    const adele = graphClientFor(lethe, 'adele')
    const location = await locationThrough(adele, bob.userId)
    expect(await operationAt(adele, location)).toMatchObject({ userId: bob.userId, state: 'pendingApproval' })
    await graphClientFor(lethe, 'megan').api(`${location}/approve`).post(null)
    await expect.poll(async () => (await operationAt(adele, location)).state).toBe('completed')
    expect(await failureOf(adele.api(`${path}/${bob.userId}`).get())).toEqual(unknownProfile(bob.userId))
  })

  test('decodes that a profile is unknown', async () => {
    const lethe = await openLethe(contract, 'https')
    const client = graphClientFor(lethe, 'adele')
    expect(await failureOf(client.api(`${path}/${nobody}`).get())).toEqual(unknownProfile(nobody))
    expect(await failureOf(removeThrough(client, nobody))).toEqual(unknownProfile(nobody))
    expect(await lethe.requests()).toEqual([])
  })

  test('decodes that a permission is missing', async () => {
    const lethe = await openLethe(contract, 'https')
    expect(await failureOf(removeThrough(graphClientFor(lethe, 'pradeep'), bob.userId))).toEqual(denied)
    expect(await lethe.requests()).toEqual([])
  })

  test('decodes that a token has expired', async () => {
    const client = graphClientFor(await openLethe(contract, 'https'), 'adele', { expiresInSeconds: -3600 })
    expect(await failureOf(client.api(path).get())).toEqual(expired)
  })

  test('decodes that an option is not offered', async () => {
    const client = graphClientFor(await openLethe(contract, 'https'), 'adele')
    expect(await failureOf(client.api(path).count(true).get())).toEqual({
      status: 400,
      code: 'BadRequest',
      message: "The query option '$count' is not supported.",
    })
  })
})

describe('an application with the graph client', () => {
  test('may ask for a removal under the contract graph', async () => {
    const lethe = await openLethe('graph', 'https')
    await removeThrough(graphClientFor(lethe, 'daemon'), bob.userId)
    expect(await lethe.requests()).toHaveLength(1)
  })

  test('may not under the contract seed', async () => {
    const lethe = await openLethe('seed', 'https')
    expect(await failureOf(removeThrough(graphClientFor(lethe, 'daemon'), bob.userId))).toEqual(denied)
    expect(await lethe.requests()).toEqual([])
  })
})

describe('the graph client', () => {
  test('trusts no certificate that it was not given', async () => {
    const lethe = await openLethe('graph', 'https')
    const stranger = graphClientFor({ ...lethe, certificate: null }, 'adele')
    await expect(stranger.api(path).get()).rejects.toThrow('fetch failed')
    expect(lethe.received).toEqual([])
  })

  test('sends no token over plain http', async () => {
    const lethe = await openLethe('graph', 'http')
    expect(await failureOf(graphClientFor(lethe, 'adele').api(path).get())).toMatchObject({
      status: 401,
      message: 'Access token is empty.',
    })
  })
})
