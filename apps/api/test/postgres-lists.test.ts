import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowOf } from './making/answer.js'
import { dropDatabases } from './making/database.js'
import { openIssuer } from './making/issuer.js'
import { contoso, crowd } from './making/places.js'
import { closeStores, openPostgresWorld, type PostgresWorld } from './making/postgres-world.js'
import { pageIn, pathOf, requestIn, requestsPath } from './making/requests.js'

const issuer = await openIssuer()
const many = crowd(23)
/** The ids of all requests, and of those that were denied, the newest first. */
const made: Array<string> = []
const denied: Array<string> = []
let world: PostgresWorld
beforeAll(async () => {
  world = await openPostgresWorld(issuer, { profiles: new Map([[contoso, many]]) })
  for (const [index, { userId }] of many.entries()) {
    const receivedDateTime = index < 5 ? '2026-01-05T10:00:00Z' : '2026-02-05T10:00:00Z'
    const body = { userId, receivedDateTime, receivedConfirmed: true }
    const { id } = requestIn(await world.ask('POST', requestsPath, { as: 'lena', body }))
    made.unshift(id)
    if (index % 2 === 0) continue
    await world.ask('POST', `${requestsPath}/${id}/deny`, { as: 'megan', body: { code: 'duplicate' } })
    denied.unshift(id)
  }
})
afterAll(async () => {
  await closeStores()
  await dropDatabases()
  await issuer.close()
})

/** Follows a list to its end. */
const listOf = async (query: string): Promise<ReadonlyArray<ReadonlyArray<string>>> => {
  const pages: Array<ReadonlyArray<string>> = []
  let path: string | null = `${requestsPath}?${query}`
  while (path !== null && pages.length < 50) {
    const { value, '@odata.nextLink': next } = pageIn(await world.ask('GET', path, { as: 'pradeep' }))
    pages.push(value.map(({ id }) => id))
    path = next === undefined ? null : pathOf(next)
  }
  return pages
}

const found = async (query: string): Promise<ReadonlyArray<string>> => (await listOf(query)).flat()

describe('the list of requests over PostgreSQL', () => {
  test.each([1, 7, 22, 23, 24, 999])('gives each once, the newest first, %i to a page', async size => {
    const pages = await listOf(`$top=${size}`)
    expect(pages.flat()).toEqual(made)
    expect(pages).toHaveLength(Math.ceil(many.length / size))
  })

  test('keeps each filter from page to page', async () => {
    expect(await found('state=denied&$top=4')).toEqual(denied)
    expect(await found('state=pendingApproval,denied&$top=4')).toEqual(made)
    expect(await found('state=completed')).toEqual([])
    expect(await found('dueBefore=2026-02-06T00:00:00Z&$top=2')).toEqual(made.slice(-5))
    expect(await found('dueBefore=2026-02-06T01:00:00%2B01:00&state=denied&$top=1')).toEqual(denied.slice(-2))
  })

  test('finds those about a person', async () => {
    const person = many.at(3)?.userId ?? ''
    const [about] = made.slice(-4)
    expect(await found(`userId=${person.toUpperCase()}&$top=1`)).toEqual([about])
    expect(await found(`userId=${person}&dueBefore=2026-02-06T00:00:00Z&state=denied`)).toEqual([about])
    expect(await found(`userId=${person}&dueBefore=2026-01-06T00:00:00Z`)).toEqual([])
    expect(await found(`userId=${person}&state=withdrawn`)).toEqual([])
  })

  test.each(['secret', "'; drop table lethe.removal_event; --"])(
    'takes no token that it did not give out: %s',
    async token => {
      const query = `$skiptoken=${encodeURIComponent(token)}`
      const answer = await world.ask('GET', `${requestsPath}?${query}`, { as: 'megan' })
      expect(rowOf(answer)).toMatchObject({ status: 400, code: 'BadRequest' })
    },
  )
})
