import { BatchResponse } from '@lethe/graph-contract'
import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { jsonOf, reasonOf, rowOf } from './making/answer.js'
import { decoded } from './making/decoded.js'
import { openIssuer } from './making/issuer.js'
import type { PersonName } from './making/people.js'
import { bob, insider, nobody } from './making/places.js'
import { removePath, requestsPath, submit } from './making/requests.js'
import { denied } from './making/rows.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const readWriteAll = 'CrossTenantUserProfileSharing.ReadWrite.All'
const approveAll = 'PersonalDataRemoval.Approve.All'
const approver = 'PersonalDataRemoval.Approver'
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'

describe('a 403 says why, beside the code and the message of Graph', () => {
  test.each([
    [
      'a scope is missing',
      'pradeep',
      removePath(bob.userId),
      { reason: 'scopeMissing', missing: readWriteAll },
    ],
    [
      'a role is missing',
      'scopeOnly',
      `${requestsPath}/${nobody}/approve`,
      { reason: 'appRoleMissing', missing: approver },
    ],
    [
      'the scope to decide is missing',
      'roleOnly',
      `${requestsPath}/${nobody}/deny`,
      { reason: 'scopeMissing', missing: approveAll },
    ],
    ['a guest', 'guestApprover', `${requestsPath}/${nobody}/approve`, { reason: 'guestNotAllowed' }],
    [
      'a guest who would close',
      'guestApprover',
      `${requestsPath}/${nobody}/close`,
      { reason: 'guestNotAllowed' },
    ],
    ['a personal account', 'personal', removePath(bob.userId), { reason: 'callerKindNotSupported' }],
    [
      'an application',
      'appReadWrite',
      `${requestsPath}/${nobody}/withdraw`,
      { reason: 'callerKindNotSupported' },
    ],
    ['a profile that is not inbound', 'adele', removePath(insider.userId), { reason: 'notInbound' }],
  ] as const)('%s', async (_, as, path, why) => {
    const answer = await openWorld(issuer).ask('POST', path, { as })
    expect(rowOf(answer)).toEqual(denied)
    expect(reasonOf(answer)).toEqual(why)
  })

  test('a directory role is missing', async () => {
    const { ask } = openWorld(issuer, { environment: { LETHE_CONTRACT: 'graph' } })
    const answer = await ask('POST', removePath(bob.userId), { as: 'adeleWithoutRole' })
    expect(reasonOf(answer)).toEqual({ reason: 'directoryRoleMissing', missing: globalAdministrator })
  })

  test('a role that everybody needs is missing, which the answer does not name', async () => {
    const { ask } = openWorld(issuer, { environment: { LETHE_REQUIRED_ROLES: 'Lethe.Access' } })
    const answer = await ask('GET', '/lethe/v1/me', { as: 'adele' })
    expect(reasonOf(answer)).toEqual({ reason: 'requiredRoleMissing' })
    expect(answer.text).not.toContain('Lethe.Access')
  })

  test('approving what one asked for, alone and within a batch', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask, 'allPowerful')
    const alone = await ask('POST', `${path}/approve`, { as: 'allPowerful' })
    expect([rowOf(alone), reasonOf(alone)]).toEqual([denied, { reason: 'selfApproval' }])

    const url = path.slice('/lethe/v1'.length)
    const requests = [{ id: '1', method: 'POST', url: `${url}/approve` }]
    const batch = await ask('POST', '/lethe/v1/$batch', { as: 'allPowerful', body: { requests } })
    const [item] = decoded(BatchResponse)(jsonOf(batch)).responses
    expect(item?.status).toBe(403)
    expect(reasonOf({ text: JSON.stringify(item?.body) })).toEqual({ reason: 'selfApproval' })
  })

  test("withdrawing another's request", async () => {
    const { ask } = openWorld(issuer)
    const answer = await ask('POST', `${await submit(ask)}/withdraw`, { as: 'adele' })
    expect([rowOf(answer), reasonOf(answer)]).toEqual([denied, { reason: 'notSubmitter' }])
  })
})

describe('a reason tells nothing of what the caller may not see', () => {
  test.each(['scopeOnly', 'roleOnly', 'pradeep', 'guestApprover', 'personal', 'appRead'] as const)(
    '%s is refused alike, whether there is such a request or not',
    async as => {
      const { ask } = openWorld(issuer)
      const path = await submit(ask)
      const asked = (at: string) => ask('POST', `${at}/approve`, { as })
      expect(reasonOf(await asked(path))).toEqual(reasonOf(await asked(`${requestsPath}/${nobody}`)))
    },
  )

  test('nor does it name anybody', async () => {
    const { ask } = openWorld(issuer)
    const path = await submit(ask, 'allPowerful')
    const { text } = await ask('POST', `${path}/approve`, { as: 'allPowerful' })
    expect(text).not.toContain(bob.userId)
  })
})

describe('a 409 and a 400 of the domain say why', () => {
  const deny = { code: 'duplicate' }
  test.each<readonly [string, PersonName, object | undefined, string]>([
    ['retry', 'lena', undefined, 'wrongState'],
    ['close', 'megan', { code: 'duplicate' }, 'wrongState'],
    ['deny', 'megan', { code: 'other' }, 'noteRequired'],
  ])('%s', async (action, as, body, reason) => {
    const { ask } = openWorld(issuer)
    expect(reasonOf(await ask('POST', `${await submit(ask)}/${action}`, { as, body }))).toEqual({ reason })
  })

  test('a receipt in the future', async () => {
    const body = { userId: bob.userId, receivedDateTime: '2999-01-01T00:00:00Z' }
    const answer = await openWorld(issuer).ask('POST', requestsPath, { as: 'adele', body })
    expect(reasonOf(answer)).toEqual({ reason: 'receivedInFuture' })
  })

  test('a batch that changed', async () => {
    const { ask } = openWorld(issuer)
    const batchId = randomUUID()
    await ask('POST', requestsPath, { as: 'lena', body: { userId: bob.userId, batchId } })
    const body = { digest: '0'.repeat(64), ...deny }
    const answer = await ask('POST', `/lethe/v1/batches/${batchId}/deny`, { as: 'megan', body })
    expect(reasonOf(answer)).toEqual({ reason: 'batchChanged' })
  })

  test('no other error has a reason', async () => {
    const { ask } = openWorld(issuer)
    for (const answer of [
      await ask('GET', requestsPath),
      await ask('GET', `${requestsPath}/${nobody}`, { as: 'megan' }),
      await ask('GET', `${requestsPath}?x=1`, { as: 'megan' }),
    ])
      expect(reasonOf(answer)).toEqual({})
  })
})
