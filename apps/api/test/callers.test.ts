import { randomUUID } from 'node:crypto'
import { BatchResource } from '@lethe/api-contract'
import { afterAll, describe, expect, test } from 'vitest'
import { jsonOf, rowOf } from './making/answer.js'
import { decoded } from './making/decoded.js'
import { openIssuer } from './making/issuer.js'
import type { PersonName } from './making/people.js'
import { bob, carol, contoso } from './making/places.js'
import { profilesPath, removePath, requestsPath, submit } from './making/requests.js'
import { denied } from './making/rows.js'
import { openWorld, refusing, type World } from './making/world.js'
import { giveUp } from './making/working.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const batchesPath = '/lethe/v1/batches'

/** A batch of one, asked for by lena under the contract that lets her. */
const submitBatch = async ({ ask }: World) => {
  const batchId = randomUUID()
  await ask('POST', requestsPath, { as: 'lena', body: { userId: bob.userId, batchId } })
  const path = `${batchesPath}/${batchId}`
  const { digest } = decoded(BatchResource)(jsonOf(await ask('GET', path, { as: 'megan' })))
  return { path, digest }
}

/** What can be asked for, each in a world in which it would succeed for somebody who may. */
const operations = {
  listProfiles: async ({ ask }: World, as: PersonName) => ask('GET', profilesPath, { as }),
  getProfile: async ({ ask }: World, as: PersonName) => ask('GET', `${profilesPath}/${bob.userId}`, { as }),
  listRequests: async ({ ask }: World, as: PersonName) => ask('GET', requestsPath, { as }),
  getRequest: async ({ ask }: World, as: PersonName) => ask('GET', await submit(ask), { as }),
  history: async ({ ask }: World, as: PersonName) => ask('GET', `${await submit(ask)}/history`, { as }),
  submit: async ({ ask }: World, as: PersonName) => ask('POST', removePath(bob.userId), { as }),
  submitOwn: async ({ ask }: World, as: PersonName) =>
    ask('POST', requestsPath, { as, body: { userId: carol.userId } }),
  approve: async ({ ask }: World, as: PersonName) => ask('POST', `${await submit(ask)}/approve`, { as }),
  deny: async ({ ask }: World, as: PersonName) =>
    ask('POST', `${await submit(ask)}/deny`, { as, body: { code: 'legalClaims' } }),
  /** Of a request that somebody else made. */
  withdraw: async ({ ask }: World, as: PersonName) => ask('POST', `${await submit(ask)}/withdraw`, { as }),
  retry: async ({ ask, composition }: World, as: PersonName) => {
    const path = await submit(ask)
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await giveUp(composition)
    return ask('POST', `${path}/retry`, { as })
  },
  close: async ({ ask, work }: World, as: PersonName) => {
    const path = await submit(ask)
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await work()
    return ask('POST', `${path}/close`, { as, body: { code: 'handledManually' } })
  },
  listBatches: async ({ ask }: World, as: PersonName) => ask('GET', batchesPath, { as }),
  getBatch: async (world: World, as: PersonName) => world.ask('GET', (await submitBatch(world)).path, { as }),
  approveBatch: async (world: World, as: PersonName) => {
    const { path, digest } = await submitBatch(world)
    return world.ask('POST', `${path}/approve`, { as, body: { digest } })
  },
  denyBatch: async (world: World, as: PersonName) => {
    const { path, digest } = await submitBatch(world)
    return world.ask('POST', `${path}/deny`, { as, body: { digest, code: 'legalClaims' } })
  },
  identity: async ({ ask }: World, as: PersonName) => ask('GET', '/lethe/v1/me', { as }),
}
type OperationName = keyof typeof operations

/** Who asks, and what comes of each operation under one contract. */
interface Verdicts extends Record<Exclude<OperationName, 'identity'>, number> {
  readonly as: PersonName
}

const profiles = (status: number) => ({ listProfiles: status, getProfile: status })
const reading = (status: number) => ({
  ...profiles(status),
  listRequests: status,
  getRequest: status,
  history: status,
  listBatches: status,
  getBatch: status,
})
const submitting = (status: number) => ({ submit: status, submitOwn: status === 204 ? 201 : status })
const deciding = (approve: number, deny: number, withdraw: number, retry: number) => ({
  approve,
  deny,
  approveBatch: approve,
  denyBatch: deny,
  withdraw,
  retry,
  close: approve,
})

const seed: ReadonlyArray<Verdicts> = [
  { as: 'adele', ...reading(200), ...submitting(204), ...deciding(403, 403, 403, 200) },
  { as: 'adeleWithoutRole', ...reading(200), ...submitting(204), ...deciding(403, 403, 403, 200) },
  { as: 'megan', ...reading(200), ...submitting(403), ...deciding(200, 200, 200, 200) },
  { as: 'isaiah', ...reading(200), ...submitting(403), ...deciding(200, 200, 200, 200) },
  { as: 'olga', ...reading(200), ...profiles(403), ...submitting(403), ...deciding(200, 200, 200, 200) },
  { as: 'guestApprover', ...reading(200), ...submitting(403), ...deciding(403, 200, 200, 200) },
  { as: 'agentApprover', ...reading(200), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'scopeOnly', ...reading(403), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'roleOnly', ...reading(403), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'pradeep', ...reading(200), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'appReadWrite', ...reading(200), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'appRead', ...reading(200), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'personal', ...reading(403), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'prefixOnly', ...reading(403), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'appRolesOfUser', ...reading(403), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'allPowerful', ...reading(200), ...submitting(204), ...deciding(200, 200, 200, 200) },
]

/** The contracts differ in who may ask for a removal, and in nothing else. */
const graph: ReadonlyArray<Verdicts> = [
  { as: 'adele', ...reading(200), ...submitting(204), ...deciding(403, 403, 403, 200) },
  { as: 'adeleWithoutRole', ...reading(200), ...submitting(403), ...deciding(403, 403, 403, 200) },
  { as: 'megan', ...reading(200), ...submitting(403), ...deciding(200, 200, 200, 200) },
  { as: 'isaiah', ...reading(200), ...submitting(403), ...deciding(200, 200, 200, 200) },
  { as: 'olga', ...reading(200), ...profiles(403), ...submitting(403), ...deciding(200, 200, 200, 200) },
  { as: 'guestApprover', ...reading(200), ...submitting(403), ...deciding(403, 200, 200, 200) },
  { as: 'agentApprover', ...reading(200), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'scopeOnly', ...reading(403), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'roleOnly', ...reading(403), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'pradeep', ...reading(200), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'appReadWrite', ...reading(200), ...submitting(204), ...deciding(403, 403, 403, 403) },
  { as: 'appRead', ...reading(200), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'personal', ...reading(403), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'prefixOnly', ...reading(403), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'appRolesOfUser', ...reading(403), ...submitting(403), ...deciding(403, 403, 403, 403) },
  { as: 'allPowerful', ...reading(200), ...submitting(204), ...deciding(200, 200, 200, 200) },
]

const verdictsOf = async (contract: string, as: PersonName): Promise<Verdicts> => {
  const world = () => openWorld(issuer, { environment: { LETHE_CONTRACT: contract }, dataPlane: refusing })
  const statusOf = async (name: OperationName) => (await operations[name](world(), as)).status
  return {
    as,
    listProfiles: await statusOf('listProfiles'),
    getProfile: await statusOf('getProfile'),
    listRequests: await statusOf('listRequests'),
    getRequest: await statusOf('getRequest'),
    history: await statusOf('history'),
    submit: await statusOf('submit'),
    submitOwn: await statusOf('submitOwn'),
    approve: await statusOf('approve'),
    deny: await statusOf('deny'),
    withdraw: await statusOf('withdraw'),
    retry: await statusOf('retry'),
    close: await statusOf('close'),
    listBatches: await statusOf('listBatches'),
    getBatch: await statusOf('getBatch'),
    approveBatch: await statusOf('approveBatch'),
    denyBatch: await statusOf('denyBatch'),
  }
}

describe('under contract seed', () => {
  test.each(seed)('$as may do this and nothing else', async verdicts => {
    expect(await verdictsOf('seed', verdicts.as)).toEqual(verdicts)
  })
})

describe('under contract graph', () => {
  test.each(graph)('$as may do this and nothing else', async verdicts => {
    expect(await verdictsOf('graph', verdicts.as)).toEqual(verdicts)
  })
})

describe('an approver is a member of the tenant, as the token says', () => {
  const elsewhere = 'https://sts.windows.net/486fb458-9474-4c44-896b-b30942d055f0/'

  test.each([
    [200, { idp: `https://sts.windows.net/${contoso}/` }],
    [200, { idp: `https://sts.windows.net/${contoso.toUpperCase()}` }],
    [200, { idp: `https://login.microsoftonline.com/${contoso}/v2.0` }],
    [200, { idp: elsewhere, acct: 0 }],
    [403, { idp: elsewhere }],
    [403, { idp: elsewhere.replace('sts.windows.net', 'login.microsoftonline.com').replace(/\/$/, '/v2.0') }],
    [403, { acct: 1 }],
    [403, { acct: '1', idp: `https://sts.windows.net/${contoso}/` }],
  ])('%d with %j', async (status, claims) => {
    const { ask } = openWorld(issuer)
    const token = await issuer.tokenOf('megan', { claims })
    const headers = { Authorization: `Bearer ${token}` }
    expect((await ask('POST', `${await submit(ask)}/approve`, { headers })).status).toBe(status)
  })
})

describe('an agent decides nothing', () => {
  test.each([
    ['through its own user account', { xms_act_fct: '11 3 9', xms_sub_fct: '13 3' }],
    ['on behalf of a person', { xms_act_fct: '3 9 11', xms_sub_fct: '3 2' }],
  ])('%s, and the log says why', async (_how, claims) => {
    const { ask, logged } = openWorld(issuer)
    const path = await submit(ask)
    const token = await issuer.tokenOf('megan', { claims })
    const headers = { Authorization: `Bearer ${token}` }
    const body = { code: 'legalClaims' }
    expect(rowOf(await ask('POST', `${path}/approve`, { headers }))).toEqual(denied)
    expect(rowOf(await ask('POST', `${path}/deny`, { headers, body }))).toEqual(denied)
    expect(logged.filter(line => line.includes('"refusedFor":"agentNotAllowed"'))).toHaveLength(2)
    expect((await ask('POST', `${path}/approve`, { as: 'megan' })).status).toBe(200)
  })
})

const readingOperations = [
  'listProfiles',
  'getProfile',
  'listRemovalRequests',
  'getRemovalRequest',
  'getHistory',
]

describe('whoever has a genuine token is told what they may do', () => {
  test.each([
    ['seed', 'adele', [...readingOperations, 'submit', 'withdraw', 'retry']],
    ['graph', 'adeleWithoutRole', [...readingOperations, 'withdraw', 'retry']],
    ['seed', 'megan', [...readingOperations, 'approve', 'deny', 'withdraw', 'retry', 'close']],
    ['seed', 'olga', [...readingOperations.slice(2), 'approve', 'deny', 'withdraw', 'retry', 'close']],
    ['seed', 'guestApprover', [...readingOperations, 'deny', 'withdraw', 'retry']],
    ['seed', 'agentApprover', readingOperations],
    ['seed', 'pradeep', readingOperations],
    ['seed', 'appReadWrite', readingOperations],
    ['graph', 'appReadWrite', [...readingOperations, 'submit']],
    ['seed', 'personal', []],
    ['seed', 'roleOnly', []],
    ['seed', 'appRolesOfUser', []],
  ] as const)('%s: %s', async (contract, as, may) => {
    const world = openWorld(issuer, { environment: { LETHE_CONTRACT: contract } })
    const answer = await operations.identity(world, as)
    expect(answer.status).toBe(200)
    expect(jsonOf(answer)).toMatchObject({ contract, operations: may })
  })
})

describe('LETHE_REQUIRED_ROLES', () => {
  const environment = { LETHE_REQUIRED_ROLES: 'PersonalDataRemoval.Approver Lethe.Access' }
  const names: ReadonlyArray<OperationName> = [
    'listProfiles',
    'getProfile',
    'listRequests',
    'submit',
    'submitOwn',
    'identity',
  ]

  test.each(['adele', 'megan', 'roleOnly', 'personal', 'appReadWrite'] as const)(
    'shuts %s out of every route',
    async as => {
      const world = openWorld(issuer, { environment })
      for (const name of names) expect((await operations[name](world, as)).status).toBe(403)
      const paths = ['approve', 'deny', 'withdraw', 'retry', 'close'].map(
        action => `${requestsPath}/01930000-0000-7000-8000-000000000001/${action}`,
      )
      for (const path of paths)
        expect((await world.ask('POST', path, { as, body: { code: 'duplicate' } })).status).toBe(403)
      const request = `${requestsPath}/01930000-0000-7000-8000-000000000001`
      for (const path of [request, `${request}/history`])
        expect((await world.ask('GET', path, { as })).status).toBe(403)
      const batch = { requests: [{ id: '1', method: 'GET', url: '/directory/inboundSharedUserProfiles' }] }
      expect((await world.ask('POST', '/beta/$batch', { as, body: batch })).status).toBe(403)
    },
  )

  test('lets in whoever has every one of them and the permission', async () => {
    const { ask } = openWorld(issuer, { environment })
    const token = await issuer.tokenOf('adele', {
      claims: { roles: ['Lethe.Access', 'PersonalDataRemoval.Approver'] },
    })
    const headers = { Authorization: `Bearer ${token}` }
    expect((await ask('GET', profilesPath, { headers })).status).toBe(200)
    expect((await ask('POST', removePath(bob.userId), { headers })).status).toBe(204)
    expect((await ask('GET', '/lethe/v1/me', { headers })).status).toBe(200)
  })

  test('opens the probes all the same', async () => {
    expect((await openWorld(issuer, { environment }).ask('GET', '/healthz/ready')).status).toBe(200)
  })
})
