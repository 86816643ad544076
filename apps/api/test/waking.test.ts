import { randomUUID } from 'node:crypto'
import { BatchResource } from '@lethe/api-contract'
import { inMemoryStore } from '@lethe/adapter-memory'
import { sha256Digest, systemClock } from '@lethe/adapter-system'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { afterAll, describe, expect, test } from 'vitest'
import { sparing, waking } from '../src/start.js'
import { jsonOf } from './making/answer.js'
import { decoded } from './making/decoded.js'
import { openIssuer } from './making/issuer.js'
import type { PersonName } from './making/people.js'
import { bob, contoso, northwind } from './making/places.js'
import { requestIn, requestsPath } from './making/requests.js'
import { giveUp } from './making/working.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

/** A request in a batch, and how often the worker was woken by each call. */
const submitted = async () => {
  const store = inMemoryStore({ digest: sha256Digest, clock: systemClock })
  const { composition } = openWorld(issuer, { store })
  let woken = 0
  const wake = () => {
    woken += 1
  }
  const { ask } = openWorld(issuer, { store, useCases: waking({ wake }, composition.useCases) })
  const wokenBy = async (as: PersonName, path: string, body: object = {}): Promise<number> => {
    const before = woken
    await ask('POST', path, { as, body })
    return woken - before
  }
  const batchId = randomUUID()
  const { id } = requestIn(
    await ask('POST', requestsPath, { as: 'lena', body: { userId: bob.userId, batchId } }),
  )
  const batch = `/lethe/v1/batches/${batchId}`
  const { digest } = decoded(BatchResource)(jsonOf(await ask('GET', batch, { as: 'megan' })))
  return { wokenBy, composition, digest, batch, request: `${requestsPath}/${id}` }
}

describe('a worker in the same process is woken', () => {
  test('by an approval, as by that of a batch', async () => {
    const alone = await submitted()
    expect(await alone.wokenBy('megan', `${alone.request}/approve`)).toBe(1)
    const together = await submitted()
    expect(await together.wokenBy('megan', `${together.batch}/approve`, { digest: together.digest })).toBe(1)
  })

  test('by a retry, as by that of a batch, and by anybody who asks again for what failed', async () => {
    const { wokenBy, composition, digest, batch, request } = await submitted()
    await wokenBy('megan', `${batch}/approve`, { digest })
    await giveUp(composition)
    expect(await wokenBy('lena', `${request}/retry`)).toBe(1)
    await giveUp(composition)
    expect(await wokenBy('lena', `${batch}/retry`)).toBe(1)
    await giveUp(composition)
    expect(await wokenBy('lena', requestsPath, { userId: bob.userId })).toBe(1)
  })

  test('by nothing that makes no work, and by no decision that was refused', async () => {
    const { wokenBy, digest, batch, request } = await submitted()
    expect(await wokenBy('lena', requestsPath, { userId: bob.userId })).toBe(0)
    expect(await wokenBy('lena', `${request}/approve`)).toBe(0)
    expect(await wokenBy('megan', `${batch}/approve`, { digest: '0'.repeat(64) })).toBe(0)
    expect(await wokenBy('megan', `${batch}/deny`, { digest, code: 'duplicate' })).toBe(0)
  })
})

describe('what the status counts', () => {
  const counting = (
    answers: ReadonlyArray<TE.TaskEither<{ _tag: 'Unavailable'; retryAfterSeconds: number }, number>>,
  ) => {
    let asked = 0
    const { useCases } = openWorld(issuer).composition
    const { countOverdue } = sparing({
      ...useCases,
      countOverdue: () => async () => {
        asked += 1
        return (answers[asked - 1] ?? TE.right(asked))()
      },
    })
    return { count: (tenantId: typeof contoso) => countOverdue({ tenantId })(), asked: () => asked }
  }

  test('is counted once for all who ask at about the same time, for each tenant', async () => {
    const { count, asked } = counting([])
    const [first, second, other] = await Promise.all([count(contoso), count(contoso), count(northwind)])
    expect([first, second, other, await count(contoso)]).toMatchObject([
      { right: 1 },
      { right: 1 },
      { right: 2 },
      { right: 1 },
    ])
    expect(asked()).toBe(2)
  })

  test('is tried again where it could not be counted', async () => {
    const { count } = counting([TE.left({ _tag: 'Unavailable', retryAfterSeconds: 1 })])
    expect(await count(contoso)).toMatchObject({ left: { _tag: 'Unavailable' } })
    expect(await count(contoso)).toMatchObject({ right: 2 })
  })
})
