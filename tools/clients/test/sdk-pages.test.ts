import { type PageCollection, PageIterator } from '@microsoft/msgraph-sdk-core'
import {
  createInboundSharedUserProfileCollectionResponseFromDiscriminatorValue,
  type InboundSharedUserProfile,
  type InboundSharedUserProfileCollectionResponse,
} from '@microsoft/msgraph-beta-sdk/models/index.js'
import { describe, expect, test } from 'vitest'
import { leaveNothingOpen } from './making/closing.js'
import { openLethe } from './making/lethe.js'
import { bob, everybody, fabrikam } from './making/profiles.js'
import { errorMappings, type Sdk, sdkFor } from './making/sdk.js'

leaveNothingOpen()

const everyId = everybody.map(({ userId }): string => userId).toSorted()

type Page = InboundSharedUserProfileCollectionResponse | undefined

const idsOf = (page: Page): ReadonlyArray<string> => (page?.value ?? []).map(({ userId }) => userId ?? '')

/** A page as the page iterator wants it: the SDK's own type of a page has nulls, which the iterator's has not. */
const collectionOf = (page: Page): PageCollection<InboundSharedUserProfile> => ({
  value: page?.value ?? [],
  ...(typeof page?.odataNextLink === 'string' ? { odataNextLink: page.odataNextLink } : {}),
})

/** All pages, each by the link of the one before. */
const pagesFrom = async ({ profiles }: Sdk, first: Page): Promise<ReadonlyArray<ReadonlyArray<string>>> => {
  const pages = [idsOf(first)]
  for (let next = first?.odataNextLink; typeof next === 'string';) {
    const page = await profiles.withUrl(next).get()
    pages.push(idsOf(page))
    next = page?.odataNextLink
  }
  return pages
}

describe.each(['seed', 'graph'] as const)('the pages of the beta SDK under the contract %s', contract => {
  test('are one where everything fits', async () => {
    const { profiles } = sdkFor(await openLethe(contract, 'http'), 'adele')
    const page = await profiles.get()
    expect(idsOf(page).toSorted()).toEqual(everyId)
    expect(page).not.toHaveProperty('odataNextLink')
  })

  test('are followed by their links to the end', async () => {
    const sdk = sdkFor(await openLethe(contract, 'http'), 'adele')
    const pages = await pagesFrom(sdk, await sdk.profiles.get({ queryParameters: { top: 10 } }))
    expect(pages.map(page => page.length)).toEqual([10, 10, 5])
    expect(pages.flat().toSorted()).toEqual(everyId)
  })

  test('are followed by the page iterator, with everything that was asked for', async () => {
    const { adapter, profiles } = sdkFor(await openLethe(contract, 'http'), 'adele')
    const first = await profiles.get({
      queryParameters: {
        filter: `homeTenantId eq '${fabrikam}'`,
        select: ['userId', 'displayName'],
        top: 10,
      },
    })
    const seen: Array<InboundSharedUserProfile> = []
    const pages = new PageIterator<InboundSharedUserProfile>(
      adapter,
      collectionOf(first),
      profile => seen.push(profile) > 0,
      createInboundSharedUserProfileCollectionResponseFromDiscriminatorValue,
      errorMappings,
    )
    await pages.iterate()
    expect(pages.getPagingState()).toBe('Complete')
    expect(seen.map(({ userId }) => userId ?? '').toSorted()).toEqual(everyId)
    expect(seen.filter(({ userPrincipalName }) => userPrincipalName !== undefined)).toEqual([])
  })

  test('hold what a filter lets through', async () => {
    const { profiles } = sdkFor(await openLethe(contract, 'http'), 'adele')
    const filter = `userPrincipalName eq '${bob.userPrincipalName}' and homeTenantId eq '${fabrikam}'`
    expect(idsOf(await profiles.get({ queryParameters: { filter } }))).toEqual([bob.userId])
  })
})
