import { describe, expect, test } from 'vitest'
import { leaveNothingOpen } from './making/closing.js'
import { contentTypeMissing, denied, expired, failureOf, unknownProfile } from './making/failure.js'
import { openLethe } from './making/lethe.js'
import { bob, nobody } from './making/profiles.js'
import { asJson, operationOf, removeWith, sdkFor } from './making/sdk.js'

leaveNothingOpen()

describe.each(['seed', 'graph'] as const)('the beta SDK under the contract %s', contract => {
  test('reads a profile', async () => {
    const { profile } = sdkFor(await openLethe(contract, 'http'), 'adele')
    expect(await profile(bob.userId).get()).toMatchObject(bob)
  })

  test('reads some properties of a profile', async () => {
    const { profile } = sdkFor(await openLethe(contract, 'http'), 'adele')
    const read = await profile(bob.userId).get({ queryParameters: { select: ['userId'] } })
    expect(Object.keys(read ?? {}).toSorted()).toEqual(['additionalData', 'userId'])
  })

  test('asks for a removal, gets undefined, and follows Operation-Location', async () => {
    const lethe = await openLethe(contract, 'http')
    const adele = sdkFor(lethe, 'adele')
    const { answer, location } = await removeWith(adele, bob.userId, asJson(contract))
    expect(answer).toBeUndefined()
    const [request] = await lethe.requests()
    expect(location).toBe(`${lethe.origin}/lethe/v1/removalRequests/${request?.id}`)
    expect(await operationOf(adele, location)).toMatchObject({
      userId: bob.userId,
      state: 'pendingApproval',
    })
  })

  test('decodes that a profile is unknown', async () => {
    const lethe = await openLethe(contract, 'http')
    const { profile } = sdkFor(lethe, 'adele')
    expect(await failureOf(profile(nobody).get())).toEqual(unknownProfile(nobody))
    expect(await failureOf(profile(nobody).removePersonalData.post({ headers: asJson(contract) }))).toEqual(
      unknownProfile(nobody),
    )
    expect(await lethe.requests()).toEqual([])
  })

  test('decodes that a permission is missing', async () => {
    const lethe = await openLethe(contract, 'http')
    const { profile } = sdkFor(lethe, 'pradeep')
    expect(
      await failureOf(profile(bob.userId).removePersonalData.post({ headers: asJson(contract) })),
    ).toEqual(denied)
    expect(await lethe.requests()).toEqual([])
  })

  test('decodes that a token has expired', async () => {
    const { profiles } = sdkFor(await openLethe(contract, 'http'), 'adele', { expiresInSeconds: -3600 })
    expect(await failureOf(profiles.get())).toEqual(expired)
  })

  test('decodes that an option is not offered', async () => {
    const { profiles } = sdkFor(await openLethe(contract, 'http'), 'adele')
    expect(await failureOf(profiles.get({ queryParameters: { count: true } }))).toEqual({
      status: 400,
      code: 'BadRequest',
      message: "The query option '$count' is not supported.",
    })
  })
})

describe('the beta SDK as it comes', () => {
  test('sends no Content-Type, which the contract seed refuses', async () => {
    const lethe = await openLethe('seed', 'http')
    const { profile } = sdkFor(lethe, 'adele')
    expect(await failureOf(profile(bob.userId).removePersonalData.post())).toEqual(contentTypeMissing)
    expect(lethe.received.at(-1)?.headers).not.toHaveProperty('content-type')
    expect(await lethe.requests()).toEqual([])
  })

  test('sends no token to a host that it was not told of', async () => {
    const { profiles } = sdkFor(await openLethe('graph', 'http'), 'adele', {}, ['graph.microsoft.com'])
    expect(await failureOf(profiles.get())).toMatchObject({ status: 401, message: 'Access token is empty.' })
  })

  test('works under the contract graph, for an application too', async () => {
    const lethe = await openLethe('graph', 'http')
    await removeWith(sdkFor(lethe, 'daemon'), bob.userId)
    expect(await lethe.requests()).toHaveLength(1)
  })

  test('asks for one removal where it asks twice', async () => {
    const lethe = await openLethe('graph', 'http')
    const adele = sdkFor(lethe, 'adele')
    const first = await removeWith(adele, bob.userId)
    const second = await removeWith(adele, bob.userId)
    expect(second.location).toBe(first.location)
    expect(await lethe.requests()).toHaveLength(1)
  })

  test('gets 404 where it asks again after a removal that nobody had to approve is over', async () => {
    const lethe = await openLethe('graph', 'http', 'automatic')
    const adele = sdkFor(lethe, 'adele')
    const { location } = await removeWith(adele, bob.userId)
    await expect.poll(async () => (await operationOf(adele, location)).state).toBe('completed')
    expect(await failureOf(removeWith(adele, bob.userId))).toEqual(unknownProfile(bob.userId))
    expect(await lethe.requests()).toHaveLength(1)
  })
})
