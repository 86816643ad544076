import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { NewRemovalRequest } from '@lethe/api-contract'
import { BatchRequest } from '@lethe/graph-contract'
import * as t from 'io-ts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { decoded } from './support/decoded.js'
import { lethe, type World } from './support/fake-io.js'
import { identity, removalRequest, requestId } from './support/samples.js'

setFlagsFromString('--expose-gc')

/** Bytes that are in use once what nobody can reach is gone. */
const inUse = (): number => {
  runInNewContext('gc()')
  return process.memoryUsage().heapUsed
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lethe-bulk-memory-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const userId = (n: number): string => `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, '0')}`

/** A server that answers at once and keeps nothing; `beforeRow` is called with how many rows came before. */
const forgetfulServer = (beforeRow: (count: number) => void): NonNullable<World['fetch']> => {
  let count = 0
  const answer = (id: string, body: unknown) => {
    beforeRow(count)
    count += 1
    const { userId: who, batchId } = decoded(NewRemovalRequest, body)
    return {
      id,
      status: 201,
      body: removalRequest({ id: requestId(count), userId: who, batchId: batchId ?? null }),
    }
  }
  return (url, { body }) =>
    Promise.resolve(
      Response.json(
        url.pathname.endsWith('/$batch')
          ? {
              responses: decoded(BatchRequest, JSON.parse(decoded(t.string, body))).requests.map(item =>
                answer(item.id, item.body),
              ),
            }
          : { ...identity(), operations: ['submit'] },
      ),
    )
}

const [early, late] = [10_000, 50_000]

it('a run of many ids keeps next to nothing of each', async () => {
  const path = join(folder, 'people.csv')
  await writeFile(path, Array.from({ length: late + 1 }, (_, n) => `${userId(n + 1)}\n`).join(''))
  const used = new Map<number, number>()
  const fetch = forgetfulServer(count => {
    if (count === early || count === late) used.set(count, inUse())
  })

  const { code, stderr } = await lethe('https://lethe.example', ['remove', '--file', path, '--force'], {
    fetch,
  })

  const bytesPerId = ((used.get(late) ?? Number.NaN) - (used.get(early) ?? Number.NaN)) / (late - early)
  expect({ code, stderr }).toMatchObject({ code: 0 })
  expect(bytesPerId).toBeLessThan(50)
})
