import { randomUUID } from 'node:crypto'
import { BatchId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { type Figure, median, rounded } from './figure.js'
import { startServerProcess } from './processes.js'
import { submitMany } from './submitting.js'
import type { World } from './world.js'

/** What one call decides. */
const atOnce = 2000
const calls = 8
const many = 1_000_000

/**
 * A call that decides 2,000 requests of a batch of a million, against the same of a batch that holds no others. What no call comes to
 * is rows without a history.
 */
export const measureBatch = async (world: World): Promise<ReadonlyArray<Figure>> => {
  const small: Array<BatchId> = []
  for (let n = 0; n < calls; n += 1) small.push(await submittedBatch(world, atOnce))
  const large = await submittedBatch(world, calls * atOnce)
  await fill(world, large, many - calls * atOnce)
  await world.number('vacuum analyze')

  const server = await startServerProcess(world, 'api')
  try {
    const ask = await askingOf(world, server.ports.api)
    const times = { small: new Array<number>(), large: new Array<number>(), preview: new Array<number>() }
    const preview = await ask.preview(large)
    let after: string | null = null
    for (const batch of small) {
      const alone = await ask.approve(batch, (await ask.preview(batch)).digest, null)
      const among = await ask.approve(large, preview.digest, after)
      after = among.next
      times.small.push(alone.milliseconds)
      times.large.push(among.milliseconds)
      times.preview.push((await ask.preview(large)).milliseconds)
    }
    return [
      {
        name: 'batchDecideRatio',
        value: rounded(median(times.large) / median(times.small)),
        bar: 1.25,
        is: 'atMost',
        unit: 'ratio',
        detail:
          `${atOnce} of ${many} in ${Math.round(median(times.large))} ms, the first time in ` +
          `${Math.round(times.large[0] ?? 0)} ms; of ${atOnce} in ${Math.round(median(times.small))} ms; ` +
          `the preview of ${preview.count} in ${Math.round(median(times.preview))} ms`,
      },
    ]
  } finally {
    await server.stop()
  }
}

const submittedBatch = async (world: World, count: number): Promise<BatchId> => {
  const batch = BatchId.decode(randomUUID())
  if (E.isLeft(batch)) throw new Error('A UUID is the id of a batch')
  await submitMany(world, world.tenantId, count, 'approvers', batch.right)
  return batch.right
}

/** Adds rows that come after all others of their batch. */
const fill = async ({ number, tenantId }: World, batch: BatchId, count: number): Promise<void> => {
  await number(`select set_config('lethe.tenant_id', $1, false)`, [tenantId])
  await number(
    `insert into lethe.removal_request (tenant_id, request_id, version, head_hash, state, due_at, batch_id)
     select $1, ('ffffffff-ffff-7fff-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 1, sha256(n::text::bytea), 'pendingApproval',
       now(), $2
     from generate_series(1, $3::int) as n`,
    [tenantId, batch, count],
  )
  await number(
    `insert into lethe.removal_subject (tenant_id, commitment, request_id, user_id, salt, batch_id, home_tenant_id)
     select $1, sha256(n::text::bytea), ('ffffffff-ffff-7fff-8000-' || lpad(to_hex(n), 12, '0'))::uuid, gen_random_uuid(),
       sha256(n::text::bytea), $2, md5((n % 40)::text)::uuid
     from generate_series(1, $3::int) as n`,
    [tenantId, batch, count],
  )
}

const Preview = t.strict({ digest: t.string, count: t.number })
const Decision = t.strict({ decided: t.number, next: t.union([t.string, t.null]) })

const askingOf = async ({ issuer, tenantId }: World, port: number | null) => {
  const token = await issuer.tokenFor(tenantId, randomUUID())
  const ask = async <A>(path: string, codec: t.Type<A, unknown, unknown>, body?: object) => {
    const started = performance.now()
    const response = await fetch(`http://127.0.0.1:${port ?? 0}/lethe/v1/batches/${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    })
    const answer = codec.decode(await response.json())
    const milliseconds = performance.now() - started
    if (E.isLeft(answer)) throw new Error(`A batch answered ${response.status}`)
    return { ...answer.right, milliseconds }
  }
  return {
    preview: async (batch: BatchId) => ask(batch, Preview),
    approve: async (batch: BatchId, digest: string, after: string | null) => {
      const decision = await ask(`${batch}/approve`, Decision, {
        digest,
        ...(after === null ? {} : { after }),
      })
      if (decision.decided !== atOnce) throw new Error(`${decision.decided} requests were decided`)
      return decision
    },
  }
}
