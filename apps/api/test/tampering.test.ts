import { afterAll, describe, expect, test } from 'vitest'
import { BatchCollection, StatusResource } from '@lethe/api-contract'
import { RemovalRequestId } from '@lethe/domain'
import { sha256Digest } from '@lethe/adapter-system'
import * as t from 'io-ts'
import type { Answer } from './making/answer.js'
import { jsonOf, rowOf } from './making/answer.js'
import { killChildren, startChild } from './making/child.js'
import { decoded } from './making/decoded.js'
import { environmentFor, historyKeys } from './making/environment.js'
import { openIssuer } from './making/issuer.js'
import { bob, carol, contoso, crowd, dave, northwind } from './making/places.js'
import { closeStores, openPostgresWorld, type PostgresWorld } from './making/postgres-world.js'
import { historyIn, pageIn, profilesPath, requestIn, requestsPath, submit } from './making/requests.js'

const issuer = await openIssuer()
afterAll(async () => {
  killChildren()
  await closeStores()
  await issuer.close()
})

const idOf = (path: string): RemovalRequestId => decoded(RemovalRequestId)(path.split('/').at(-1))
const show = async ({ ask }: PostgresWorld, path: string): Promise<Answer> =>
  ask('GET', path, { as: 'megan' })
const approve = async ({ ask }: PostgresWorld, path: string): Promise<Answer> =>
  ask('POST', `${path}/approve`, { as: 'megan' })
const isThere = async ({ ask }: PostgresWorld, userId: string): Promise<boolean> =>
  (await ask('GET', `${profilesPath}/${userId}`, { as: 'megan' })).status === 200

/** Changes histories by hand, as only the owner can, who has to take away what is in the way. */
const tamper = async ({ database }: PostgresWorld, statement: string): Promise<void> => {
  await database.run(
    `alter table lethe.removal_event disable trigger append_only; ${statement};
     alter table lethe.removal_event enable trigger append_only`,
  )
}
const garble = async (world: PostgresWorld, path: string): Promise<void> =>
  tamper(
    world,
    `update lethe.removal_event set data = '{}' where request_id = '${idOf(path)}' and sequence = 1`,
  )
const deleteEvents = async (world: PostgresWorld, path: string): Promise<void> =>
  tamper(world, `delete from lethe.removal_event where request_id = '${idOf(path)}'`)

/** Makes a head one that an earlier version wrote, as only the owner can. */
const unseal = async ({ database }: PostgresWorld, path: string): Promise<void> => {
  await database.run(
    `alter table lethe.removal_request disable trigger sealed_when_appended;
     update lethe.removal_request set head_seal = null where request_id = '${idOf(path)}';
     alter table lethe.removal_request enable trigger sealed_when_appended`,
  )
}

/** What was logged as an error, with the request that it is about. */
const errorsIn = (lines: ReadonlyArray<string>): ReadonlyArray<readonly [unknown, string]> =>
  lines
    .map(text => decoded(t.type({ level: t.number, requestId: t.unknown, msg: t.string }))(jsonOf({ text })))
    .filter(({ level }) => level === 50)
    .map(({ requestId, msg }) => [requestId, msg])

const batchId = '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00'
const batchPath = `/lethe/v1/batches/${batchId}`
const submitWithBatch = async ({ ask }: PostgresWorld, userId: string): Promise<string> =>
  `${requestsPath}/${requestIn(await ask('POST', requestsPath, { as: 'lena', body: { userId, batchId } })).id}`
const digestIn = (preview: unknown): unknown =>
  typeof preview === 'object' && preview !== null && 'digest' in preview ? preview.digest : undefined
const previewOf = async ({ ask }: PostgresWorld): Promise<unknown> =>
  jsonOf(await ask('GET', batchPath, { as: 'megan' }))
const approveBatch = async ({ ask }: PostgresWorld, digest: unknown): Promise<Answer> =>
  ask('POST', `${batchPath}/approve`, { as: 'megan', body: { digest } })

describe.each([
  ['an event that cannot be read', garble],
  ['no events at all', deleteEvents],
])('a history with %s', (_, harm) => {
  test('is shown as unreadable, in its place in the list, and keeps no other request from being read', async () => {
    const world = await openPostgresWorld(issuer)
    const [older, broken, newer] = [
      await submit(world.ask, 'lena', bob.userId),
      await submit(world.ask, 'lena', carol.userId),
      await submit(world.ask, 'lena', dave.userId),
    ]
    await harm(world, broken)

    const answers = await Promise.all(
      Array.from({ length: 30 }, (__, index) => show(world, [older, broken, newer][index % 3] ?? older)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const listed = pageIn(await world.ask('GET', requestsPath, { as: 'megan' })).value
    expect(listed.map(({ id, state }) => [id, state])).toEqual([
      [idOf(newer), 'pendingApproval'],
      [idOf(broken), 'unreadable'],
      [idOf(older), 'pendingApproval'],
    ])
    const pages = pageIn(await world.ask('GET', `${requestsPath}?$top=2`, { as: 'megan' }))
    expect(pages['@odata.nextLink']).toBeDefined()
    expect(requestIn(await show(world, broken))).toMatchObject({
      id: idOf(broken),
      resourceTenantId: contoso,
      state: 'unreadable',
      userId: null,
      submittedDateTime: null,
      approvals: [],
    })
    expect(requestIn(await show(world, broken)).dueDateTime).toBe(
      requestIn(await show(world, older)).dueDateTime,
    )
  })

  test('is not acted on, and says why', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    await harm(world, path)

    for (const act of ['approve', 'withdraw', 'retry'])
      expect(rowOf(await world.ask('POST', `${path}/${act}`, { as: 'megan' }))).toMatchObject({
        status: 409,
        code: 'Conflict',
        message:
          'The history of the removal request cannot be read, or was changed: nothing is done with it. An operator runs lethe-api check.',
      })
    expect(errorsIn(world.problems)).toEqual([[idOf(path), 'history unreadable']])
    // It is the open one of its profile all the same: no second one comes beside it.
    const again = await world.ask('POST', requestsPath, { as: 'lena', body: { userId: bob.userId } })
    expect(again.status).toBe(409)
    expect(historyIn(await show(world, `${path}/history`))).toMatchObject({ intact: false })
  })

  test('loses its job, and removes nobody', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    await approve(world, path)
    await harm(world, path)
    await world.work()

    expect(await isThere(world, bob.userId)).toBe(true)
    const { jobs } = world.composition.worker
    expect(await jobs.receive(10)()).toMatchObject({ right: [] })
  })

  test('is counted in the status of its tenant, and in no other', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    await harm(world, path)
    await show(world, path)

    const status = async (as: 'megan' | 'omar') =>
      decoded(StatusResource)(jsonOf(await world.ask('GET', '/lethe/v1/status', { as }))).unreadable
    expect([await status('megan'), await status('omar')]).toEqual([1, 0])
  })

  test('keeps its batch from being decided no more than by itself', async () => {
    const people = crowd(3)
    const world = await openPostgresWorld(issuer, { profiles: new Map([[contoso, people]]) })
    const paths = []
    for (const { userId } of people) paths.push(await submitWithBatch(world, userId))
    await harm(world, paths[1] ?? '')
    const preview = await previewOf(world)
    expect(preview).toMatchObject({ count: 3 })
    const decided = await approveBatch(world, digestIn(preview))

    expect([decided.status, jsonOf(decided)]).toMatchObject([
      200,
      { decided: 2, refused: [{ reason: 'RequestUnreadable', count: 1 }], next: null },
    ])
    // Nobody else finds anything that waits: what cannot be read is not to be decided.
    const later = await world.ask('POST', `${batchPath}/approve`, {
      as: 'isaiah',
      body: { digest: digestIn(preview) },
    })
    expect(rowOf(later).status).toBe(409)
  })
})

describe('what is marked as unreadable', () => {
  const sealAs = async ({ database }: PostgresWorld, path: string, seal: string): Promise<string> => {
    const [row] = await database.rowsOf(
      t.strict({ head_seal: t.string }),
      `select head_seal from lethe.removal_request where request_id = '${idOf(path)}'`,
    )
    await database.run(
      `update lethe.removal_request set head_seal = '${seal}' where request_id = '${idOf(path)}'`,
    )
    return row?.head_seal ?? ''
  }
  const listedStates = async ({ ask }: PostgresWorld) =>
    pageIn(await ask('GET', requestsPath, { as: 'megan' })).value.map(({ state }) => state)

  test('is so in lists too, and is read again once it can be: its removal goes on', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    await approve(world, path)
    const seal = await sealAs(world, path, 'test:AAAA')
    await world.work()
    expect(await listedStates(world)).toEqual(['unreadable'])

    await sealAs(world, path, seal)
    await world.database.run(
      `update lethe.removal_request set job_due_at = '2026-01-01T00:00:00Z' where request_id = '${idOf(path)}'`,
    )
    const { countUnreadable, resumeRemovals } = world.composition.worker
    expect(await countUnreadable({ tenantId: contoso })()).toMatchObject({ right: 0 })
    expect(await resumeRemovals({ tenantId: contoso, limit: 10 })()).toMatchObject({ right: 1 })
    await world.work()
    expect(await listedStates(world)).toEqual(['completed'])
  })

  test('is read again as soon as somebody lists it', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    const seal = await sealAs(world, path, 'test:AAAA')
    await show(world, path)
    await sealAs(world, path, seal)
    expect(await listedStates(world)).toEqual(['pendingApproval'])
  })
})

/** `lethe-api check`, as a process of its own. */
const check = async (world: PostgresWorld, ...args: ReadonlyArray<string>) => {
  const child = startChild({ ...environmentFor(issuer), LETHE_DATABASE_URL: world.database.appUrl }, [
    'check',
    ...args,
  ])
  const code = await child.ended
  return { code, said: child.said() }
}

describe('anybody who has the password of the database', () => {
  /** An event with hashes that fit, as anybody who can read the table can make them up. */
  const madeUp = async (world: PostgresWorld, path: string, type: string, data: Record<string, unknown>) => {
    const { value, head } = historyIn(await show(world, `${path}/history`))
    const last = value.at(-1)
    if (last === undefined) throw new Error('There is an event')
    const envelope = { ...last.envelope, sequence: head.sequence + 1, previousHash: head.hash, type, data }
    return { envelope, hash: sha256Digest.envelope(envelope) }
  }
  const forge = async (world: PostgresWorld, path: string, made: Awaited<ReturnType<typeof madeUp>>) => {
    const { envelope, hash } = made
    await world.database.asAppOf(
      contoso,
      `insert into lethe.removal_event (tenant_id, request_id, sequence, schema_version, type, at, data, previous_hash, hash)
       values ($1, $2, $3, 1, $4, $5, $6, decode($7, 'hex'), decode($8, 'hex'))`,
      [
        contoso,
        idOf(path),
        envelope.sequence,
        envelope.type,
        envelope.at,
        envelope.data,
        envelope.previousHash,
        hash,
      ],
    )
    await world.database.asAppOf(
      contoso,
      `update lethe.removal_request set version = $3, head_hash = decode($4, 'hex'), state = 'approved', job_due_at = now() - interval '2 days'
       where tenant_id = $1 and request_id = $2`,
      [contoso, idOf(path), envelope.sequence, hash],
    )
  }

  test('cannot make up an approval: the head has no seal of theirs', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    await forge(
      world,
      path,
      await madeUp(world, path, 'approvalGiven', { by: 'a0000000-0000-4000-8000-00000000000a' }),
    )
    await forge(world, path, await madeUp(world, path, 'removalApproved', { approvals: 1 }))
    expect(await world.composition.worker.resumeRemovals({ tenantId: contoso, limit: 10 })()).toMatchObject({
      right: 1,
    })
    await world.work()

    expect(await isThere(world, bob.userId)).toBe(true)
    expect(requestIn(await show(world, path)).state).toBe('unreadable')
    expect(historyIn(await show(world, `${path}/history`))).toMatchObject({
      intact: false,
      broken: { reason: 'headSealDiffers' },
    })
  })

  test.each([
    ['that has no moment', `'removalCompleted', 'infinity', '{}'`],
    ['without an object', `'removalCompleted', now(), '[1]'`],
    ['with a number that is none here', `'removalCompleted', now(), '{"n": 1e400}'`],
    [
      'with data without end',
      `'removalCompleted', now(), (repeat('{"a":', 1000) || '1' || repeat('}', 1000))::jsonb`,
    ],
  ])('cannot end a request by an event %s: it is unreadable from then on, and it alone', async (_, event) => {
    const world = await openPostgresWorld(issuer)
    const [path, other] = [
      await submitWithBatch(world, bob.userId),
      await submitWithBatch(world, carol.userId),
    ]
    for (const sequence of [2, 1000])
      await world.database.asAppOf(
        contoso,
        `insert into lethe.removal_event (tenant_id, request_id, sequence, schema_version, type, at, data, previous_hash, hash)
         select tenant_id, request_id, ${sequence}, 1, ${event}, hash, hash from lethe.removal_event
         where request_id = '${idOf(path)}' and sequence = 1`,
      )
    await world.database.asAppOf(contoso, 'delete from lethe.removal_actor')

    const own = await world.ask('POST', `${path}/approve`, { as: 'lena' })
    expect([own.status, (await approve(world, path)).status]).toEqual([403, 409])
    const answers = await Promise.all(
      Array.from({ length: 20 }, (__, index) => show(world, index % 2 === 0 ? path : other)),
    )
    expect(answers.map(answer => requestIn(answer).state)).toEqual(
      answers.map((__, index) => (index % 2 === 0 ? 'unreadable' : 'pendingApproval')),
    )
    expect(historyIn(await show(world, `${path}/history`))).toMatchObject({ intact: false })
    expect(pageIn(await world.ask('GET', requestsPath, { as: 'megan' })).value).toHaveLength(2)
    expect(jsonOf(await approveBatch(world, digestIn(await previewOf(world))))).toMatchObject({
      decided: 1,
      refused: [{ reason: 'RequestUnreadable', count: 1 }],
    })
    expect((await check(world)).said).toContain(idOf(path))
  })

  test('cannot have a request for one person taken for that of another', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    const subject = (request: string, ended: string): string =>
      `insert into lethe.removal_subject (tenant_id, commitment, request_id, user_id, salt, ended_as)
       values ('${contoso}', decode(repeat('ab', 32), 'hex'), ${request}, '${carol.userId}', decode(repeat('ab', 32), 'hex'), ${ended})`
    for (const statement of [subject(`'${idOf(path)}'`, 'null'), subject('gen_random_uuid()', 'null')])
      await expect(world.database.asAppOf(contoso, statement)).rejects.toThrow('about somebody else')
    await expect(
      world.database.asAppOf(contoso, `update lethe.removal_subject set ended_as = request_id`),
    ).rejects.toThrow('says otherwise')
    expect(idOf(await submit(world.ask, 'lena', carol.userId))).not.toBe(idOf(path))
  })

  test('cannot approve as the one who asked: the database refuses it', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    const { value } = historyIn(await show(world, `${path}/history`))
    const made = await madeUp(world, path, 'approvalGiven', { by: value[0]?.envelope.data['submittedBy'] })
    await expect(forge(world, path, made)).rejects.toThrow('The one who asked first')
  })

  test('cannot exchange a person for somebody else', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    for (const change of [
      `update lethe.removal_subject set user_id = '${carol.userId}' where request_id = '${idOf(path)}'`,
      `update lethe.removal_subject set salt = decode(repeat('00', 32), 'hex') where request_id = '${idOf(path)}'`,
      `update lethe.removal_actor set identity = gen_random_uuid() where request_id = '${idOf(path)}'`,
    ])
      await expect(world.database.asAppOf(contoso, change)).rejects.toThrow('permission denied')
  })

  test('cannot delete the people of an open request', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    for (const table of ['removal_subject', 'removal_actor', 'removal_note'])
      await world.database.asAppOf(contoso, `delete from lethe.${table}`)
    const { userId, submittedBy } = requestIn(await show(world, path))
    expect(userId).toBe(bob.userId)
    expect(submittedBy).not.toBeNull()
  })

  test('cannot have done with the people of a request that is open, whatever they say of its state', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    await world.database.asAppOf(contoso, `update lethe.removal_request set state = 'denied'`)
    for (const table of ['removal_subject', 'removal_actor'])
      await world.database.asAppOf(contoso, `delete from lethe.${table}`)
    const { userId, submittedBy } = requestIn(await show(world, path))
    expect([userId, submittedBy]).toEqual([bob.userId, expect.anything()])
  })

  test('cannot hide from the rules by a statement that goes over to another tenant', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    await world.database.asAppOf(
      contoso,
      `delete from lethe.removal_actor
       where tenant_id = '${contoso}' and set_config('lethe.tenant_id', '${northwind}', true) is not null`,
    )
    expect(requestIn(await show(world, path)).submittedBy).not.toBeNull()
  })

  test('cannot have somebody else stand in the history of what has ended', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    await approve(world, path)
    await world.work()
    const [row] = await world.database.rowsOf(
      t.strict({ reference: t.string }),
      `select reference from lethe.removal_actor where approved`,
    )
    await world.database.asAppOf(contoso, 'delete from lethe.removal_actor where approved')
    const back = (isolation: string): string =>
      `${isolation} insert into lethe.removal_actor (tenant_id, reference, request_id, identity, kind)
       values ('${contoso}', '${row?.reference}', '${idOf(path)}', '${contoso}', 'person')`
    await expect(world.database.asAppOf(contoso, back(''))).rejects.toThrow('names this reference already')
    await expect(
      world.database.asAppOf(
        contoso,
        back(
          `commit; begin isolation level serializable; select set_config('lethe.tenant_id', '${contoso}', true);`,
        ),
      ),
    ).rejects.toThrow(/isolation/)
    expect(requestIn(await show(world, path)).approvals).toMatchObject([{ by: null }])
    await expect(
      world.database.asAppOf(contoso, 'update lethe.removal_subject set ended_as = null'),
    ).rejects.toThrow('says otherwise')
  })

  test('cannot store what nobody could hold in memory', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    for (const event of [
      `repeat('x', 100000), now(), '{}'`,
      `'x', now(), jsonb_build_object('x', repeat('x', 100000))`,
    ])
      await expect(
        world.database.asAppOf(
          contoso,
          `insert into lethe.removal_event (tenant_id, request_id, sequence, schema_version, type, at, data, previous_hash, hash)
           select tenant_id, request_id, 2, 1, ${event}, hash, hash from lethe.removal_event where request_id = '${idOf(path)}'`,
        ),
      ).rejects.toThrow('lengths')
    for (const job of [`jsonb_build_object('x', repeat('x', 100000)), 0`, `'{}', 2147483647`])
      await expect(
        world.database.asAppOf(
          contoso,
          `insert into pgboss.job_common (name, data, retry_count) values ('perform-removal', ${job})`,
        ),
      ).rejects.toThrow('lethe_jobs')
  })

  test('cannot take a seal away, so that somebody would seal it anew', async () => {
    const world = await openPostgresWorld(issuer)
    await submit(world.ask, 'lena', bob.userId)
    await expect(
      world.database.asAppOf(contoso, 'update lethe.removal_request set head_seal = null'),
    ).rejects.toThrow('is written with its seal')
    await expect(
      world.database.asAppOf(
        contoso,
        `insert into lethe.removal_request (tenant_id, request_id, version, head_hash, state, due_at)
         values ('${contoso}', gen_random_uuid(), 1, decode(repeat('00', 32), 'hex'), 'approved', now())`,
      ),
    ).rejects.toThrow('is written with its seal')
  })

  test('cannot store what is no moment, or is a state of no version, so that nothing could be listed', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submitWithBatch(world, bob.userId)
    for (const change of [`due_at = 'infinity'`, `expires_at = '-infinity'`, `job_due_at = '12000-01-01'`])
      await expect(
        world.database.asAppOf(contoso, `update lethe.removal_request set ${change}`),
      ).rejects.toThrow('moments')
    await world.database.asAppOf(contoso, `update lethe.removal_request set state = 'newer'`)

    const batches = await world.ask('GET', '/lethe/v1/batches', { as: 'megan' })
    expect([batches.status, jsonOf(batches)]).toMatchObject([
      200,
      { value: [{ states: [{ state: 'unreadable', count: 1 }] }] },
    ])
    expect(await previewOf(world)).toMatchObject({ states: [{ state: 'unreadable', count: 1 }] })
    expect(pageIn(await world.ask('GET', requestsPath, { as: 'megan' })).value).toMatchObject([
      { id: idOf(path) },
    ])
  })

  test('cannot put a request into a batch that somebody looked at', async () => {
    const world = await openPostgresWorld(issuer)
    await submitWithBatch(world, bob.userId)
    const other = await submit(world.ask, 'lena', carol.userId)
    const before = digestIn(await previewOf(world))
    await expect(
      world.database.asAppOf(contoso, `update lethe.removal_request set batch_id = '${batchId}'`),
    ).rejects.toThrow('permission denied')
    await world.database.asAppOf(
      contoso,
      `insert into lethe.batch_member (tenant_id, batch_id, request_id, subject)
       select tenant_id, $1, request_id, commitment from lethe.removal_subject where request_id = $2`,
      [batchId, idOf(other)],
    )

    expect((await approveBatch(world, before)).status).toBe(409)
    expect(jsonOf(await approveBatch(world, digestIn(await previewOf(world))))).toMatchObject({
      decided: 1,
      refused: [{ reason: 'RequestNotFound', count: 1 }],
    })
    expect(requestIn(await show(world, other)).state).toBe('pendingApproval')
    const { code, said } = await check(world)
    expect([code, said.split('\n')[0]]).toEqual([1, `${contoso} ${idOf(other)} batchDiffers`])
  })

  test('cannot close a batch with what it held once, to have more decided than was looked at', async () => {
    const world = await openPostgresWorld(issuer)
    await submitWithBatch(world, bob.userId)
    const before = digestIn(await previewOf(world))
    const later = await submitWithBatch(world, carol.userId)
    await world.database.asAppOf(
      contoso,
      `insert into lethe.batch_closed (tenant_id, batch_id, digest, closed_at) values ($1, $2, decode($3, 'hex'), now())`,
      [contoso, batchId, before],
    )

    expect((await approveBatch(world, before)).status).toBe(409)
    expect(requestIn(await show(world, later)).state).toBe('pendingApproval')
    expect(digestIn(await previewOf(world))).not.toBe(before)
  })

  test('cannot hide batches behind empty ones', async () => {
    const world = await openPostgresWorld(issuer)
    await submitWithBatch(world, bob.userId)
    for (const _ of [1, 2, 3])
      await world.database.asAppOf(
        contoso,
        `insert into lethe.batch (tenant_id, batch_id, maker, submitted_at) values ('${contoso}', gen_random_uuid(), gen_random_uuid(), now())`,
      )
    const counts = []
    for (let link: string | undefined = '/lethe/v1/batches?$top=2'; link !== undefined;) {
      const page: BatchCollection = decoded(BatchCollection)(
        jsonOf(await world.ask('GET', link, { as: 'megan' })),
      )
      counts.push(...page.value.map(({ count }) => count))
      const next = page['@odata.nextLink']
      link = next === undefined ? undefined : new URL(next).pathname + new URL(next).search
    }
    expect(counts.toSorted((one, other) => one - other)).toEqual([0, 0, 0, 1])
  })

  test('cannot make temporary tables', async () => {
    const world = await openPostgresWorld(issuer)
    await expect(world.database.asAppOf(contoso, 'create temporary table filler (n int)')).rejects.toThrow(
      'permission denied',
    )
  })
})

describe('a person who was changed by hand, by the owner', () => {
  const exchange = async ({ database }: PostgresWorld, path: string): Promise<void> => {
    await database.run(
      `update lethe.removal_subject set user_id = '${carol.userId}' where request_id = '${idOf(path)}'`,
    )
  }

  test('before the approval: nothing is decided, and nobody is shown', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    await exchange(world, path)

    expect(rowOf(await approve(world, path))).toMatchObject({
      status: 409,
      message:
        'The store names another person than the removal request is about: nothing is done with it. An operator runs lethe-api check.',
    })
    expect(requestIn(await show(world, path)).userId).toBeNull()
    expect(errorsIn(world.logged)).toEqual([[idOf(path), 'nothing is done: subjectDiffers']])
  })

  test('after the approval: nobody is removed, and the request fails with the reason', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    await approve(world, path)
    await exchange(world, path)
    await world.work()

    expect([await isThere(world, bob.userId), await isThere(world, carol.userId)]).toEqual([true, true])
    expect(requestIn(await show(world, path))).toMatchObject({
      state: 'failed',
      failure: { reason: 'subjectDiffers' },
    })
    expect((await world.ask('POST', `${path}/retry`, { as: 'megan' })).status).toBe(409)
  })
})

describe('the seal of a history', () => {
  test('is of the key that wrote it: a newer key may come first, and none but these will do', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    const newer = `newer:${Buffer.alloc(32, 9).toString('base64')}`
    const under = async (keys: string) =>
      openPostgresWorld(issuer, { database: world.database, environment: { LETHE_HISTORY_KEYS: keys } })

    const rotated = await under(`${newer},${historyKeys}`)
    expect((await approve(rotated, path)).status).toBe(200)
    expect(requestIn(await show(await under(newer), path)).state).toBe('approved')
    expect(requestIn(await show(await under(historyKeys), path)).state).toBe('unreadable')
    expect(
      requestIn(await show(await under(`test:${Buffer.alloc(32, 1).toString('base64')}`), path)).state,
    ).toBe('unreadable')
  })
})

describe('lethe-api check', () => {
  test('has nothing to say of a sound store', async () => {
    const world = await openPostgresWorld(issuer)
    const path = await submit(world.ask, 'lena', bob.userId)
    await approve(world, path)
    await world.work()
    expect(await check(world)).toEqual({ code: 0, said: '1 requests checked, 0 findings.\n' })
  })

  test('names every request with which something is wrong, and ends with 1', async () => {
    const people = crowd(7)
    const world = await openPostgresWorld(issuer, { profiles: new Map([[contoso, people]]) })
    const paths = []
    for (const { userId } of people) paths.push(await submit(world.ask, 'lena', userId))
    const [garbled = '', empty = '', unsealed = '', projected = '', another = '', jobless = '', gone = ''] =
      paths
    await garble(world, garbled)
    await deleteEvents(world, empty)
    await unseal(world, unsealed)
    await world.database.run(
      `update lethe.removal_request set state = 'completed' where request_id = '${idOf(projected)}'`,
    )
    await world.database.run(
      `update lethe.removal_subject set user_id = '${carol.userId}' where request_id = '${idOf(another)}'`,
    )
    await approve(world, jobless)
    await world.database.run(`update pgboss.job set start_after = '9999-01-01T00:00:00Z'`)
    await world.database.run(`delete from lethe.removal_request where request_id = '${idOf(gone)}'`)

    const { code, said } = await check(world)

    const lines = said.split('\n').filter(line => line.startsWith(contoso))
    expect(new Set(lines)).toEqual(
      new Set([
        `${contoso} ${idOf(garbled)} contentDiffers`,
        `${contoso} ${idOf(empty)} noEvents`,
        `${contoso} ${idOf(unsealed)} headNotSealed`,
        `${contoso} ${idOf(projected)} projectionDiffers`,
        `${contoso} ${idOf(another)} subjectDiffers`,
        `${contoso} ${idOf(jobless)} jobMissing`,
        `${contoso} ${idOf(gone)} requestMissing`,
      ]),
    )
    expect([code, said]).toEqual([1, expect.stringContaining('7 requests checked, 7 findings.')])
    expect(await check(world, '--tenant', northwind)).toEqual({
      code: 0,
      said: '0 requests checked, 0 findings.\n',
    })
  })

  test('seals what an earlier version wrote, and makes a projection anew', async () => {
    const world = await openPostgresWorld(issuer)
    const [unsealed, projected] = [
      await submit(world.ask, 'lena', bob.userId),
      await submit(world.ask, 'lena', carol.userId),
    ]
    await unseal(world, unsealed)
    await world.database.run(
      `update lethe.removal_request set state = 'completed' where request_id = '${idOf(projected)}'`,
    )
    expect(requestIn(await show(world, unsealed)).state).toBe('unreadable')

    expect(await check(world, '--seal', '--rebuild')).toEqual({
      code: 0,
      said: '2 requests checked, 1 sealed, 1 rebuilt, 0 findings.\n',
    })
    expect(requestIn(await show(world, unsealed)).state).toBe('pendingApproval')
    expect((await approve(world, projected)).status).toBe(200)
    expect(await check(world)).toMatchObject({ code: 0 })
  })
})
