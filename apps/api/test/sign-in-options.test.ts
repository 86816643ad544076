import { afterAll, describe, expect, test } from 'vitest'
import { errorOf, jsonOf } from './making/answer.js'
import { audience, openIssuer } from './making/issuer.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const path = '/lethe/v1/signInOptions'
const cli = 'b4e6f8a0-1c3d-4e7f-9a2b-3c4d5e6f7081'
const authority = 'https://login.example/contoso'
const offering = { LETHE_CLI_CLIENT_ID: cli, LETHE_AUTHORITY: `${authority}/` }

describe('the sign-in options', () => {
  test('are said to anybody, and may be kept', async () => {
    const answer = await openWorld(issuer, { environment: offering }).ask('GET', path)
    expect([answer.status, jsonOf(answer)]).toEqual([
      200,
      { authority, clientId: cli, scopes: [`api://${audience}/.default`] },
    ])
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=300')
  })

  test('ask for the audience as it is where that is a URI', async () => {
    const environment = { ...offering, LETHE_AUDIENCES: 'https://lethe.example/' }
    const answer = await openWorld(issuer, { environment }).ask('GET', path)
    expect(jsonOf(answer)).toMatchObject({ scopes: ['https://lethe.example/.default'] })
  })

  test('are not there where the command line has no registration', async () => {
    const answer = await openWorld(issuer).ask('GET', path)
    expect([answer.status, errorOf(answer).code]).toEqual([404, 'Request_ResourceNotFound'])
    expect(answer.headers.get('Cache-Control')).toBe('no-cache')
  })

  test('take no options and no other method', async () => {
    const world = openWorld(issuer, { environment: offering })
    const badQuery = await world.ask('GET', `${path}?$top=1`)
    expect([badQuery.status, badQuery.headers.get('Cache-Control')]).toEqual([400, 'no-cache'])
    expect((await world.ask('POST', path)).status).toBe(405)
  })
})
