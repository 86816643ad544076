import { BatchRequestContent } from '@microsoft/msgraph-sdk-core'
import { BatchRequestContent as Steps } from '@microsoft/microsoft-graph-client'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { leaveNothingOpen } from './making/closing.js'
import { decoded } from './making/decoded.js'
import { graphClientFor } from './making/graph-client.js'
import { type Lethe, openLethe } from './making/lethe.js'
import { bob, everybody, nobody } from './making/profiles.js'
import { asJson, errorMappings, type Sdk, sdkFor } from './making/sdk.js'

leaveNothingOpen()

/** Twenty, which is the most of a batch: one of them is nobody's. */
const twenty = [...everybody.slice(0, 19).map(({ userId }): string => userId), nobody]

const known = twenty.slice(0, 19).toSorted()

describe('a batch of the beta SDK', () => {
  test('asks for twenty removals under the contract graph, and says which failed', async () => {
    const lethe = await openLethe('graph', 'http')
    expect(await statusesOf(sdkFor(lethe, 'adele'))).toEqual(
      twenty.map(userId => [userId, userId === nobody ? 404 : 204]),
    )
    expect(await recordedBy(lethe)).toEqual(known)
  })

  test('loses its headers on the way, so that the contract seed refuses each removal', async () => {
    const lethe = await openLethe('seed', 'http')
    expect(await statusesOf(sdkFor(lethe, 'adele'))).toEqual(twenty.map(userId => [userId, 400]))
    expect(lethe.received.at(-1)?.body).not.toContain('headers')
    expect(await recordedBy(lethe)).toEqual([])
  })
})

describe.each(['seed', 'graph'] as const)('a batch of the graph client under the contract %s', contract => {
  test('asks for twenty removals, and says which failed', async () => {
    const lethe = await openLethe(contract, 'https')
    const client = graphClientFor(lethe, 'adele')
    const steps = new Steps(twenty.map(userId => ({ id: userId, request: stepFor(lethe, userId) })))
    const content = await steps.getContent()
    const answers = decoded(Answers)(await client.api('/$batch').post(content)).responses
    expect(answers.map(({ id, status }) => [id, status])).toEqual(
      twenty.map(userId => [userId, userId === nobody ? 404 : 204]),
    )
    expect(answers.at(-1)?.body?.error.code).toBe('Request_ResourceNotFound')
    const [bobs] = (await lethe.requests()).filter(({ userId }) => userId === bob.userId)
    expect(answers.find(({ id }) => id === bob.userId)?.headers['operation-location']).toBe(
      `${lethe.origin}/lethe/v1/removalRequests/${bobs?.id}`,
    )
    expect(await recordedBy(lethe)).toEqual(known)
  })
})

const recordedBy = async ({ requests }: Lethe): Promise<ReadonlyArray<string>> =>
  (await requests()).map(({ userId }) => String(userId)).toSorted()

const statusesOf = async ({ adapter, profile }: Sdk): Promise<ReadonlyArray<readonly [string, number]>> => {
  const batch = new BatchRequestContent(adapter, errorMappings)
  for (const userId of twenty)
    batch.addBatchRequest(
      profile(userId).removePersonalData.toPostRequestInformation({ headers: asJson('seed') }),
      userId,
    )
  return [...((await (await batch.postAsync())?.getResponsesStatusCodes()) ?? [])]
}

/** Without /beta: the client takes the host away and nothing else, and a batch has addresses below /beta. */
const stepFor = ({ origin }: Lethe, userId: string): Request =>
  new Request(`${origin}/directory/inboundSharedUserProfiles/${userId}/removePersonalData`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
  })

const Answers = t.type({
  responses: t.array(
    t.intersection([
      t.type({ id: t.string, status: t.number, headers: t.record(t.string, t.string) }),
      t.partial({ body: t.type({ error: t.type({ code: t.string }) }) }),
    ]),
  ),
})
