import { elementAt, succeed } from '@lethe/application/testing'
import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HarnessWithDatabase, postgresHarness } from './making/harness.js'
import { approvedRequest, requestWithAll, submittedRequest } from './making/requests.js'

let h: HarnessWithDatabase
beforeAll(async () => {
  h = await postgresHarness()
})
afterAll(async () => {
  await h.close()
})

const tables = [
  'batch',
  'batch_closed',
  'batch_member',
  'removal_event',
  'removal_request',
  'removal_subject',
  'removal_actor',
  'removal_note',
  'sign_in',
  'call_pace',
]

describe('the history', () => {
  it.each([
    ['update', `update lethe.removal_event set type = 'removalApproved'`],
    ['delete', 'delete from lethe.removal_event'],
    ['truncate', 'truncate lethe.removal_event'],
  ])('refuses %s, even of the owner', async (_, statement) => {
    const request = await submittedRequest(h)

    await expect(h.database.asOwner(statement)).rejects.toMatchObject({ code: '42501' })
    await expect(h.database.asApp(statement)).rejects.toMatchObject({ code: '42501' })

    const history = await succeed(h.store.removalRequests.history(request.tenantId, request.id))
    expect(history).toMatchObject({ value: { events: [{ envelope: { sequence: 1 } }] } })
  })

  it('takes no second event in the place of one', async () => {
    const { tenantId, id } = await submittedRequest(h)

    await expect(
      h.database.asOwner(
        `insert into lethe.removal_event
         select tenant_id, request_id, sequence, schema_version, 'removalDenied', at, data, previous_hash, hash
         from lethe.removal_event where tenant_id = '${tenantId}' and request_id = '${id}'`,
      ),
    ).rejects.toMatchObject({ constraint: 'removal_event_pkey' })
  })

  it('takes no second approval under one reference', async () => {
    const { tenantId, id } = await approvedRequest(h)

    await expect(
      h.database.asOwner(
        `insert into lethe.removal_event
         select tenant_id, request_id, 99, schema_version, type, at, data, previous_hash, hash
         from lethe.removal_event
         where tenant_id = '${tenantId}' and request_id = '${id}' and type = 'approvalGiven'`,
      ),
    ).rejects.toMatchObject({ constraint: 'removal_event_approval' })
  })
})

describe('people', () => {
  it('have one open request for a profile', async () => {
    const { tenantId, id } = await submittedRequest(h)

    await expect(
      h.database.asOwner(
        `insert into lethe.removal_subject
         select tenant_id, decode(repeat('ab', 32), 'hex'), gen_random_uuid(), user_id, salt, null
         from lethe.removal_subject where tenant_id = '${tenantId}' and request_id = '${id}'`,
      ),
    ).rejects.toMatchObject({ constraint: 'one_open_request_for_a_profile' })
  })

  it('act on a request under one reference', async () => {
    const { tenantId, id } = await approvedRequest(h)

    await expect(
      h.database.asOwner(
        `insert into lethe.removal_actor
         select tenant_id, gen_random_uuid(), request_id, identity, kind, gen_random_uuid(), false, true
         from lethe.removal_actor where tenant_id = '${tenantId}' and request_id = '${id}' and approved`,
      ),
    ).rejects.toMatchObject({ constraint: 'one_reference_for_an_actor' })
  })

  it('do not approve what they asked for', async () => {
    const { tenantId, id } = await submittedRequest(h)

    await expect(
      h.database.asOwner(
        `update lethe.removal_actor set approved = true
         where tenant_id = '${tenantId}' and request_id = '${id}' and submitted`,
      ),
    ).rejects.toMatchObject({ constraint: 'submitter_does_not_approve' })
  })

  it('approve; applications do not', async () => {
    const { tenantId, id } = await submittedRequest(h)

    await expect(
      h.database.asOwner(
        `insert into lethe.removal_actor (tenant_id, reference, request_id, identity, kind, approved)
         values ('${tenantId}', gen_random_uuid(), '${id}', gen_random_uuid(), 'application', true)`,
      ),
    ).rejects.toMatchObject({ constraint: 'application_does_not_approve' })
  })

  it('are known by their ids alone: no name of theirs is in any table', async () => {
    await approvedRequest(h)
    const columns = await h.database.asOwner(
      `select table_schema || '.' || table_name as name from information_schema.tables
       where table_schema in ('lethe', 'pgboss') and table_type = 'BASE TABLE'`,
    )
    expect(columns.length).toBeGreaterThan(tables.length)

    for (const { name } of columns.map(asNamed)) {
      const rows = JSON.stringify(await h.database.asOwner(`select * from ${name}`))
      expect(rows).not.toMatch(/Somebody|example\.com/)
    }
  })
})

describe('batches', () => {
  it.each(['batch', 'batch_closed', 'batch_member'])('have rows in %s that nobody changes', async table => {
    const { tenantId } = await requestWithAll(h)

    for (const statement of [
      `update lethe.${table} set batch_id = gen_random_uuid()`,
      `delete from lethe.${table}`,
      `truncate lethe.${table}`,
    ])
      await expect(h.database.asAppOf(tenantId, statement)).rejects.toMatchObject({ code: '42501' })
  })
})

describe('row-level security', () => {
  it.each(tables)('shows nothing of %s without a tenant, and nothing of another', async table => {
    const one = await requestWithAll(h)
    const other = await requestWithAll(h)
    const count = `select count(*)::int as rows from lethe.${table}`

    expect(await h.database.asApp(count)).toStrictEqual([{ rows: 0 }])
    const [all, ofOne, ofNobody] = [
      await h.database.asOwner(count),
      await h.database.asAppOf(one.tenantId, count),
      await h.database.asAppOf(h.ids.tenantId(), count),
    ]
    expect(rowsIn(ofOne)).toBeGreaterThan(0)
    expect(rowsIn(ofOne)).toBeLessThan(rowsIn(all))
    expect(rowsIn(ofNobody)).toBe(0)
    expect(other.tenantId).not.toBe(one.tenantId)
  })

  it.each(tables)('writes nothing into %s without a tenant, and nothing into another', async table => {
    const { tenantId } = await requestWithAll(h)
    const copy = `insert into lethe.${table} select * from jsonb_populate_recordset(null::lethe.${table}, $1)`
    const rows = JSON.stringify(
      await h.database.asOwner(`select * from lethe.${table} where tenant_id = '${tenantId}'`),
    )

    await expect(h.database.asApp(copy, [rows])).rejects.toMatchObject({ code: '42501' })
    await expect(h.database.asAppOf(h.ids.tenantId(), copy, [rows])).rejects.toMatchObject({ code: '42501' })
  })

  it('changes and erases nothing of another tenant', async () => {
    const { tenantId, id } = await requestWithAll(h)
    const foreign = h.ids.tenantId()

    for (const statement of [
      `update lethe.removal_request set state = 'denied' returning 1`,
      'delete from lethe.removal_subject returning 1',
      'delete from lethe.removal_actor returning 1',
      'delete from lethe.removal_note returning 1',
      'delete from lethe.sign_in returning 1',
      `update lethe.call_pace set state = '{}' returning 1`,
    ]) {
      expect(await h.database.asAppOf(foreign, statement)).toStrictEqual([])
      expect(await h.database.asApp(statement)).toStrictEqual([])
    }
    expect(
      rowsIn(await h.database.asAppOf(tenantId, 'select count(*)::int as rows from lethe.removal_actor')),
    ).toBe(4)
    expect(await succeed(h.store.sealedSignIns.find(tenantId, id))).toMatchObject({ _tag: 'Some' })
    const state = await succeed(h.store.paces.change(tenantId, known => [{ rate: 2 }, known]))
    expect(state).toStrictEqual({ rate: 1 })
  })

  it('holds for every table of the schema that has a tenant, forced for the owner too', async () => {
    const secured = await h.database.asOwner(
      `select relname as name from pg_class
       where relnamespace = 'lethe'::regnamespace and relkind = 'r' and relrowsecurity and relforcerowsecurity
         and exists (select from pg_policy where polrelid = pg_class.oid)`,
    )
    const all = await h.database.asOwner(
      `select table_name as name from information_schema.columns
       where table_schema = 'lethe' and column_name = 'tenant_id'`,
    )

    expect(
      secured
        .map(asNamed)
        .map(({ name }) => name)
        .toSorted(),
    ).toStrictEqual(tables.toSorted())
    expect(
      all
        .map(asNamed)
        .map(({ name }) => name)
        .toSorted(),
    ).toStrictEqual(tables.toSorted())
  })

  it('does not remember the tenant of a transaction that is over', async () => {
    const request = await submittedRequest(h)
    await succeed(h.store.removalRequests.load(request.tenantId, request.id))

    const settings = await h.database.asApp(`select current_setting('lethe.tenant_id', true) as tenant`)

    expect(settings).toStrictEqual([{ tenant: null }])
    expect(await succeed(h.store.removalRequests.load(h.ids.tenantId(), request.id))).toMatchObject({
      _tag: 'None',
    })
  })

  it('holds for whoever connects as the API does: that role owns nothing, and can do nothing beside', async () => {
    for (const statement of [
      'alter table lethe.removal_event disable trigger append_only',
      'alter table lethe.removal_event disable row level security',
      'drop table lethe.removal_note',
      'create table lethe.more ()',
      'alter table pgboss.job_common add column more text',
      'set role postgres',
    ])
      await expect(h.database.asApp(statement)).rejects.toMatchObject({ code: '42501' })
  })
})

const rowsIn = (rows: ReadonlyArray<unknown>): number => {
  const row = elementAt(rows, 0)
  return typeof row === 'object' && row !== null && 'rows' in row ? Number(row.rows) : Number.NaN
}

const asNamed = (row: unknown): { readonly name: string } =>
  typeof row === 'object' && row !== null && 'name' in row ? { name: String(row.name) } : { name: '' }

describe('the queue', () => {
  it.each([
    `insert into pgboss.bam (name, version, table_name, command) values ('x', 1, 'job_common', 'select 1')`,
    `update pgboss.bam set command = 'select 1'`,
    'update pgboss.version set version = 1',
    `update pgboss.queue set table_name = 'queue; select 1'`,
    `update pgboss.queue set dead_letter = null`,
    `delete from pgboss.queue`,
    `insert into pgboss.queue (name) values ('another')`,
    `insert into pgboss.schedule (name, cron) values ('perform-removal', '* * * * *')`,
  ])('takes no change by the role to what its owner goes by: %s', async statement => {
    await expect(h.database.asApp(statement)).rejects.toMatchObject({ code: '42501' })
  })

  it('loses a job that cannot be read, and hands out the others', async () => {
    const request = await approvedRequest(h)
    await h.database.asApp(
      `insert into pgboss.job_common (name, start_after, data) values
         ('perform-removal', '2020-01-01T00:00:00Z', '{"tenantId": "nobody"}'), ('perform-removal', '2020-01-01T00:00:00Z', null)`,
    )
    const given = await succeed(h.store.jobs.receive(100))
    expect(given.map(({ job }) => job.requestId)).toContain(request.id)
    expect(
      await h.database.asOwner(
        `select 1 from pgboss.job where name = 'perform-removal' and state < 'completed' and data ->> 'requestId' is null`,
      ),
    ).toEqual([])
  })

  it('is looked after by the role', async () => {
    const problems: Array<unknown> = []
    const boss = new PgBoss({
      connectionString: h.database.appUrl,
      migrate: false,
      createSchema: false,
      supervise: false,
      schedule: false,
      registerInstance: false,
      reindex: false,
      monitorVacuum: false,
      superviseIntervalSeconds: 1,
      monitorIntervalSeconds: 1,
      maintenanceIntervalSeconds: 1,
    })
    boss.on('error', problem => void problems.push(problem))
    await boss.start()
    await boss.supervise()
    await boss.stop({ graceful: false })
    expect(problems).toEqual([])
  })
})
