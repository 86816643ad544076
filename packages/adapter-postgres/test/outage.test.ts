import { join } from 'node:path'
import { sha256Digest, systemClock } from '@lethe/adapter-system'
import { automatic, elementAt, rightOf, submissionOf, succeed, upTo } from '@lethe/application/testing'
import { startEmbeddedPostgres } from '@lethe/embedded-postgres'
import { copy, folderBeside } from '@lethe/embedded-postgres/testing'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { migratedOn } from './making/database.js'
import { freshIds } from './making/fresh-ids.js'
import { openStoreOn } from './making/store.js'

const cleaning: Array<() => Promise<unknown>> = []
afterAll(async () => {
  for (const clean of cleaning.toReversed()) await clean()
})

const unavailable = { _tag: 'Left', left: { _tag: 'Unavailable' } }

describe('while the database is gone', () => {
  it('everything is unavailable, and all is there again when it is back', async () => {
    const folder = join(await folderBeside(inject('initialisedFolder')), 'postgres')
    await copy(inject('initialisedFolder'), folder)
    const server = rightOf(await startEmbeddedPostgres({ folder }))
    cleaning.push(server.stop)
    const database = await migratedOn(server.superuserUrl)
    const store = rightOf(await openStoreOn(database.appUrl))
    cleaning.push(store.close)
    const make = { ids: freshIds, digest: sha256Digest, clock: systemClock }
    const tenantId = freshIds.tenantId()
    const submissions = upTo(30).map(() => submissionOf(make, { tenantId, policy: automatic }))
    const acknowledged = await Promise.all(
      submissions.map(async submission => succeed(store.removalRequests.submit(submission))),
    )
    await expect.poll(store.notReady).toBe(null)

    await server.kill()

    const { id } = elementAt(acknowledged, 0).request
    expect(await store.removalRequests.submit(submissionOf(make, { tenantId }))()).toMatchObject(unavailable)
    expect(await store.removalRequests.load(tenantId, id)()).toMatchObject(unavailable)
    expect(await store.jobs.receive(5)()).toMatchObject(unavailable)
    expect(await store.subjects.resolve(tenantId, [])()).toMatchObject(unavailable)
    expect(await store.notReady()).toBe('database')

    const again = rightOf(await startEmbeddedPostgres({ folder, port: server.port }))
    cleaning.push(again.stop)
    await expect.poll(store.notReady).toBe(null)
    for (const { request } of acknowledged)
      expect(await succeed(store.removalRequests.load(tenantId, request.id))).toMatchObject({
        value: request,
      })
    expect(await succeed(store.jobs.receive(100))).toHaveLength(30)
    expect((await succeed(store.removalRequests.submit(submissionOf(make, { tenantId })))).joined).toBe(false)
  })
})
