import { describe, expect, test } from 'vitest'
import { leaveNothingOpen } from './making/closing.js'
import { openLethe } from './making/lethe.js'
import { removeAsM365 } from './making/m365.js'
import { bob } from './making/profiles.js'

leaveNothingOpen()

describe('the request that m365 request sends', () => {
  test('asks for a removal under the contract graph', async () => {
    const lethe = await openLethe('graph', 'http')
    const answer = await removeAsM365(lethe)
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 204, body: '' })
    expect(lethe.received.at(-1)?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': '0',
    })
    expect(await lethe.requests()).toMatchObject([{ userId: bob.userId, state: 'pendingApproval' }])
  })

  test('is refused under the contract seed as it comes', async () => {
    const lethe = await openLethe('seed', 'http')
    const { status, body } = await removeAsM365(lethe)
    expect(status).toBe(400)
    expect(JSON.parse(body)).toMatchObject({
      error: {
        code: 'BadRequest',
        message: 'Entity only allows writes with a JSON Content-Type header.',
      },
    })
    expect(await lethe.requests()).toEqual([])
  })

  test('is taken under the contract seed with --content-type application/json', async () => {
    const lethe = await openLethe('seed', 'http')
    expect(await removeAsM365(lethe, 'application/json')).toMatchObject({ status: 204 })
    expect(await lethe.requests()).toHaveLength(1)
  })
})
