import { afterAll, describe, expect, test } from 'vitest'
import { jsonOf } from './making/answer.js'
import { openIssuer } from './making/issuer.js'
import { contoso } from './making/places.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const path = '/lethe/v1/status'

describe('the status of a tenant', () => {
  test('counts what is overdue, and says how calls to Graph fare', async () => {
    const asked: Array<string> = []
    const world = openWorld(issuer, {
      graphOf: tenantId => {
        asked.push(tenantId)
        return { state: 'open', sinceDateTime: null }
      },
    })
    const answer = await world.ask('GET', path, { as: 'pradeep' })
    expect([answer.status, jsonOf(answer)]).toEqual([
      200,
      { overdue: 0, graph: { state: 'open', sinceDateTime: null } },
    ])
    expect(asked).toEqual([contoso])
  })

  test('has nothing to say of Graph where it is not called', async () => {
    const answer = await openWorld(issuer).ask('GET', path, { as: 'pradeep' })
    expect(jsonOf(answer)).toEqual({ overdue: 0, graph: null })
  })

  test('is for those who may read requests, and takes no options', async () => {
    const world = openWorld(issuer)
    expect((await world.ask('GET', path)).status).toBe(401)
    expect((await world.ask('GET', `${path}?$top=1`, { as: 'pradeep' })).status).toBe(400)
    expect((await world.ask('POST', path, { as: 'pradeep' })).status).toBe(405)
  })
})
