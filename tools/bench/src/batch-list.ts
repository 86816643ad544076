import { randomUUID } from 'node:crypto'
import type { TenantId } from '@lethe/domain'
import { type Figure, median, rounded } from './figure.js'
import { startServerProcess } from './processes.js'
import type { World } from './world.js'

const few = 1000
const many = 100_000
/** How many requests were submitted with each batch; every tenth holds one more that joined it. */
const each = 3
const looks = 200
const page = 20

/**
 * Pages of the list of batches, of a tenant with a hundred thousand and of one with a thousand: the first, the last, and the one for
 * which most batches are looked at, because none of them has what it asks for.
 */
export const measureBatchList = async (world: World): Promise<ReadonlyArray<Figure>> => {
  const [small, large] = [world.otherTenantId, world.tenantId]
  await fill(world, small, few)
  await fill(world, large, many)
  await world.number('vacuum analyze')

  const server = await startServerProcess(world, 'api')
  try {
    const lists = await Promise.all(
      [small, large].map(tenantId => listsOf(world, server.ports.api, tenantId)),
    )
    const times = lists.map(() => ({
      first: new Array<number>(),
      last: new Array<number>(),
      vain: new Array<number>(),
    }))
    // In turns, so that what else the machine does weighs on all alike.
    for (let look = 0; look < looks; look += 1)
      for (const [index, list] of lists.entries()) {
        times[index]?.first.push(await list.first())
        times[index]?.last.push(await list.last())
        times[index]?.vain.push(await list.vain())
      }
    const [ofSmall, ofLarge] = times.map(({ first, last, vain }) => ({
      first: median(first),
      last: median(last),
      vain: median(vain),
    }))
    if (ofSmall === undefined || ofLarge === undefined) throw new Error('Two tenants were measured')
    const against = (of: keyof typeof ofSmall): string =>
      `${rounded(ofLarge[of])} against ${rounded(ofSmall[of])} ms`
    return [
      {
        name: 'batchListRatio',
        value: rounded(
          Math.max(ofLarge.first / ofSmall.first, ofLarge.last / ofSmall.last, ofLarge.vain / ofSmall.vain),
        ),
        bar: 1.5,
        is: 'atMost',
        unit: 'ratio',
        detail: `first page ${against('first')}, last ${against('last')}, by a state that none has ${against('vain')}`,
      },
    ]
  } finally {
    await server.stop()
  }
}

/** Adds batches whose requests have completed, as rows without a history. */
const fill = async ({ number }: World, tenantId: TenantId, count: number): Promise<void> => {
  await number(`select set_config('lethe.tenant_id', $1, false)`, [tenantId])
  await number(
    `insert into lethe.batch (tenant_id, batch_id, maker, submitted_at)
     select $1::uuid, md5($1 || ' batch ' || n)::uuid, gen_random_uuid(), now() - n * interval '1 minute'
     from generate_series(1, $2::int) as n`,
    [tenantId, count],
  )
  await number(
    `insert into lethe.removal_request (tenant_id, request_id, version, head_hash, state, due_at, batch_id)
     select $1::uuid, md5($1 || ' request ' || n)::uuid, 1, sha256(n::text::bytea), 'completed', now(),
       md5($1 || ' batch ' || (n % $2 + 1))::uuid
     from generate_series(1, $2::int * $3) as n`,
    [tenantId, count, each],
  )
  await number(
    `insert into lethe.batch_member (tenant_id, batch_id, request_id, subject)
     select $1::uuid, md5($1 || ' batch ' || n)::uuid, md5($1 || ' request ' || n)::uuid, sha256(n::text::bytea)
     from generate_series(1, $2::int, 10) as n`,
    [tenantId, count],
  )
}

/** Looks at the pages over HTTP; each gives the time that it took, in milliseconds. */
const listsOf = async (world: World, port: number | null, tenantId: TenantId) => {
  const token = await world.issuer.tokenFor(tenantId, randomUUID())
  const root = `http://127.0.0.1:${port ?? 0}/lethe/v1/batches?$top=${page}`
  const look = async (
    url: string,
    isShown: (batches: number, whole: boolean) => boolean,
  ): Promise<number> => {
    const started = performance.now()
    const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } })
    const text = await response.text()
    const milliseconds = performance.now() - started
    const whole = !text.includes('"@odata.nextLink"')
    if (response.status !== 200 || !isShown(text.split('"submittedDateTime"').length - 1, whole))
      throw new Error(`The list of batches answered ${response.status}`)
    return milliseconds
  }
  const before = await world.text(
    'select batch_id from lethe.batch where tenant_id = $1 order by submitted_at, batch_id offset $2 limit 1',
    [tenantId, page],
  )
  return {
    first: () => look(root, (batches, whole) => batches === page && !whole),
    last: () => look(`${root}&$skiptoken=${before}`, (batches, whole) => batches === page && whole),
    vain: () => look(`${root}&state=failed`, batches => batches === 0),
  }
}
