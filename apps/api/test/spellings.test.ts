import { BatchResponse, ProfileCollection } from '@lethe/graph-contract'
import { afterAll, describe, expect, test } from 'vitest'
import { type Answer, jsonOf, rowOf } from './making/answer.js'
import { decoded, present } from './making/decoded.js'
import { publicUrl } from './making/environment.js'
import { openIssuer } from './making/issuer.js'
import { bob, carol } from './making/places.js'
import { pathOf, profilesPath, requestsPath } from './making/requests.js'
import { badRequest, invalidGuid, noSegment, wrongMethod } from './making/rows.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const pageIn = (answer: Answer) => decoded(ProfileCollection)(jsonOf(answer))

describe('a path below /beta', () => {
  test.each([
    ['GET', '/BETA/Directory/INBOUNDSHAREDUSERPROFILES', 200],
    ['GET', `${profilesPath}/`, 200],
    ['GET', `${profilesPath}/?$top=1`, 200],
    ['GET', `/beta/%64irectory/inboundshareduserprofiles/${bob.userId}`, 200],
    ['GET', `/beta/directory/inboundshareduserprofiles/${bob.userId.toUpperCase()}/`, 200],
    ['GET', `/beta/DIRECTORY/InboundSharedUserProfiles('${bob.userId}')/`, 200],
    ['POST', `/beta/directory/inboundshareduserprofiles/${bob.userId}/removepersonaldata`, 204],
    ['POST', `/beta/directory/inboundshareduserprofiles/${bob.userId}/RemovePersonalData/`, 204],
    ['POST', `/beta/directory/inboundshareduserprofiles('${bob.userId}')/removePersonaldata`, 204],
    ['POST', `${profilesPath}/${bob.userId}/Microsoft.Graph.RemovePersonalData`, 204],
    [
      'POST',
      `/Beta/Directory/inboundSharedUserProfiles('${bob.userId}')/MICROSOFT.GRAPH.removePersonalData/`,
      204,
    ],
  ])('%s %s is taken', async (method, path, status) => {
    expect((await openWorld(issuer).ask(method, path, { as: 'adele' })).status).toBe(status)
  })

  test.each([
    ['GET', '/beta/Groups/', noSegment('Groups')],
    ['GET', '/beta/Directory/Users', noSegment('Users')],
    ['GET', `${profilesPath}/NOPE/`, invalidGuid('NOPE')],
    ['GET', `${profilesPath}/Directory`, invalidGuid('Directory')],
    ['GET', `${profilesPath}//`, noSegment('')],
    ['GET', `${profilesPath}/${bob.userId}/RemovePersonalData`, wrongMethod],
    ['DELETE', '/Beta/Directory/inboundshareduserprofiles/', wrongMethod],
    ['GET', `/v1.0${profilesPath.slice('/beta'.length)}`, noSegment('v1.0')],
  ])('%s %s is refused, and named as it was sent', async (method, path, row) => {
    expect(rowOf(await openWorld(issuer).ask(method, path, { as: 'adele' }))).toEqual(row)
  })

  test('is logged as the route that it is, never as it was sent', async () => {
    const { ask, logged } = openWorld(issuer)
    await ask('GET', `/BETA/Directory/INBOUNDSHAREDUSERPROFILES/${bob.userId}/`, { as: 'adele' })
    expect(logged.join('')).toContain(`"route":"${profilesPath}/:userId"`)
    expect(logged.join('')).not.toContain('INBOUND')
  })

  test('is the only one: what is Lethe’s own is spelt in one way', async () => {
    const { ask } = openWorld(issuer)
    for (const path of ['/Lethe/v1/removalRequests', '/lethe/v1/removalrequests', `${requestsPath}/`])
      expect((await ask('GET', path, { as: 'adele' })).status).toBe(400)
  })
})

describe('a query option', () => {
  const list = async (query: string) =>
    openWorld(issuer).ask('GET', `${profilesPath}?${query}`, { as: 'adele' })

  test.each([
    [`filter=userPrincipalName eq '${bob.userPrincipalName}'`],
    [`$Filter=USERPRINCIPALNAME eq '${bob.userPrincipalName}'`],
    [`FILTER=userid eq '${bob.userId}' and HomeTenantID eq '${bob.homeTenantId}'&SELECT=USERID`],
    [`%24filter=UserId eq '${bob.userId}'&$select=userid,UserId`],
  ])('is found: %s', async query => {
    expect(jsonOf(await list(query))).toMatchObject({ value: [{ userId: bob.userId }] })
  })

  test.each(['Top', '$TOP', 'top'])('%s pages, and its link goes on', async name => {
    const { ask } = openWorld(issuer)
    const page = pageIn(await ask('GET', `${profilesPath}?${name}=1`, { as: 'adele' }))
    const link = pathOf(present(page['@odata.nextLink'])).replace('$skiptoken', 'SkipToken')
    const next = pageIn(await ask('GET', link, { as: 'adele' }))
    expect([page, next].map(({ value }) => value)).toEqual([[bob], [carol]])
  })

  test('selects properties by any spelling, and they are written in theirs', async () => {
    const path = `${profilesPath}/${bob.userId}?select=DISPLAYNAME,userid`
    expect(jsonOf(await openWorld(issuer).ask('GET', path, { as: 'adele' }))).toEqual({
      '@odata.context': `${publicUrl}/beta/$metadata#directory/inboundSharedUserProfiles(displayName,userId)/$entity`,
      userId: bob.userId,
      displayName: bob.displayName,
    })
  })

  test.each([
    ['$top=1&top=1', '$top'],
    ['top=1&TOP=2', '$top'],
    ['$Select=userId&select=userId', '$select'],
    ['$filter=&FILTER=', '$filter'],
  ])('is given once, in whatever spelling: %s', async (query, name) => {
    expect(rowOf(await list(query))).toEqual(badRequest(`The query option ${name} is given more than once.`))
  })

  test('that is not supported is named as it was sent', async () => {
    expect(rowOf(await list('OrderBy=userId'))).toEqual(
      badRequest("The query option 'OrderBy' is not supported."),
    )
  })
})

test('a batch and its items are spelt as freely', async () => {
  const { ask } = openWorld(issuer)
  const requests = [
    { id: '1', method: 'GET', url: `/Directory/InboundSharedUserProfiles/?Top=1&$Select=USERID` },
    { id: '2', method: 'GET', url: `directory/inboundshareduserprofiles('${bob.userId}')/` },
    {
      id: '3',
      method: 'POST',
      url: `/directory/inboundshareduserprofiles/${bob.userId}/removepersonaldata/`,
      headers: { 'Content-Type': 'application/json' },
    },
    { id: '4', method: 'GET', url: '/directory/inboundSharedUserProfiles?top=1&$top=1' },
  ]
  const answer = await ask('POST', '/Beta/$Batch/', { as: 'adele', body: { requests } })
  expect(decoded(BatchResponse)(jsonOf(answer)).responses.map(({ status }) => status)).toEqual([
    200, 200, 204, 400,
  ])
  expect((await ask('POST', '/beta/%24batch', { as: 'adele', body: { requests } })).status).toBe(200)
})
