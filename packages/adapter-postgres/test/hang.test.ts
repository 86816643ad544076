import { writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { sha256Digest, systemClock } from '@lethe/adapter-system'
import {
  automatic,
  elementAt,
  refuse,
  rightOf,
  submissionOf,
  succeed,
  upTo,
} from '@lethe/application/testing'
import { type RunningPostgres, startEmbeddedPostgres } from '@lethe/embedded-postgres'
import { copy, folderBeside, suspendServer } from '@lethe/embedded-postgres/testing'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { holding, migratedOn, runIn, waitingForLocks } from './making/database.js'
import { freshIds } from './making/fresh-ids.js'
import { openStoreOn } from './making/store.js'

const cleaning: Array<() => unknown> = []
afterAll(async () => {
  for (const clean of cleaning.toReversed()) await clean()
})

const make = { ids: freshIds, digest: sha256Digest, clock: systemClock }

interface OwnServer {
  readonly server: RunningPostgres
  readonly folder: string
  readonly ownerUrl: string
  readonly appUrl: string
}

const ownServer = async (): Promise<OwnServer> => {
  const folder = join(await folderBeside(inject('initialisedFolder')), 'postgres')
  await copy(inject('initialisedFolder'), folder)
  const server = rightOf(await startEmbeddedPostgres({ folder }))
  cleaning.push(server.stop)
  return { server, folder, ...(await migratedOn(server.superuserUrl)) }
}

const openOn = async (url: string) => {
  const store = rightOf(await openStoreOn(url))
  cleaning.push(store.close)
  return store
}
type Store = Awaited<ReturnType<typeof openOn>>

const Requests = t.array(t.type({ request_id: t.string }))

const recordedIn = async (ownerUrl: string, tenantId: TenantId): Promise<ReadonlySet<string>> => {
  const rows = Requests.decode(
    await runIn(ownerUrl, 'select request_id from lethe.removal_request where tenant_id = $1', [tenantId]),
  )
  return new Set(rightOf(rows).map(row => row.request_id))
}

/** So many are under way at a time; the others wait. */
const underWay = 128

/**
 * Submits while a database is silent, until it is back.
 *
 * @returns what was refused while it waited, and recorded all the same.
 */
const doneLate = async (
  store: Store,
  ownerUrl: string,
  speak: () => void,
): Promise<ReadonlyArray<string>> => {
  const tenantId = freshIds.tenantId()
  const one = () => submissionOf(make, { tenantId, policy: automatic })
  const submissions = upTo(400).map(one)
  const answers = submissions.map(submission => store.removalRequests.submit(submission)())
  const first = elementAt(answers, 0)

  await expect.poll(store.notReady).toBe('database')
  // The gate closes with the second look.
  await expect.poll(store.notReady).toBe('database')
  const refusedAtOnce = one()
  const refusal = await Promise.race([store.removalRequests.submit(refusedAtOnce)(), first])
  expect(refusal).toStrictEqual(E.left({ _tag: 'Unavailable', retryAfterSeconds: 1 }))
  const jobs = await Promise.race([store.jobs.receive(1)(), first])
  expect(jobs).toStrictEqual(E.left({ _tag: 'Unavailable', retryAfterSeconds: 1 }))
  // Those that wait are refused before those under way are given up.
  const waited = await Promise.all(answers.slice(underWay))
  expect(waited.every(E.isLeft)).toBe(true)
  expect((await Promise.all(answers)).every(E.isLeft)).toBe(true)

  speak()

  await expect.poll(store.notReady).toBe(null)
  const later = one()
  expect((await succeed(store.removalRequests.submit(later))).joined).toBe(false)
  const recorded = await recordedIn(ownerUrl, tenantId)
  expect(recorded).toContain(later.requestId)
  return [refusedAtOnce, ...submissions.slice(underWay)]
    .map(({ requestId }) => requestId)
    .filter(id => recorded.has(id))
}

/** A way to a server that can fall silent: it still takes connections, and nothing goes through any more. */
const openFront = async (port: number) => {
  const pairs = new Map<Socket, Socket>()
  let silent = false
  const join = (one: Socket, other: Socket): void => {
    one.pipe(other)
    other.pipe(one)
  }
  const part = (one: Socket, other: Socket): void => {
    for (const socket of [one, other]) socket.unpipe().pause()
  }
  const front = createServer(client => {
    const server = connect(port, '127.0.0.1')
    pairs.set(client, server)
    for (const socket of [client, server])
      socket
        .on('error', () => undefined)
        .on('close', () => {
          client.destroy()
          server.destroy()
          pairs.delete(client)
        })
    if (!silent) join(client, server)
  })
  await new Promise<void>(resolve => {
    front.listen(0, '127.0.0.1', resolve)
  })
  cleaning.push(() => {
    for (const client of pairs.keys()) client.destroy()
    front.close()
  })
  const address: AddressInfo | string | null = front.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    hush: () => {
      silent = true
      for (const [client, server] of pairs) part(client, server)
    },
    speak: () => {
      silent = false
      for (const [client, server] of pairs) join(client, server)
    },
  }
}

describe('a database that hangs', () => {
  it('refuses at once, writes nothing later of what it refused, and is used again when it goes on', async () => {
    const { server, appUrl, ownerUrl } = await ownServer()
    const store = await openOn(appUrl)
    const resume = await suspendServer(server.processId)
    cleaning.push(resume)

    expect(await doneLate(store, ownerUrl, resume)).toStrictEqual([])
  })

  it('does so behind a network that takes connections and brings no answer', async () => {
    const { server, appUrl, ownerUrl } = await ownServer()
    const front = await openFront(server.port)
    const url = new URL(appUrl)
    url.port = String(front.port)
    const store = await openOn(url.href)
    front.hush()

    expect(await doneLate(store, ownerUrl, front.speak)).toStrictEqual([])
  })

  it('cannot be opened, which is said after a moment', async () => {
    const { server, appUrl } = await ownServer()
    const front = await openFront(server.port)
    front.hush()
    const url = new URL(appUrl)
    url.port = String(front.port)

    expect(await openStoreOn(url.href)).toMatchObject(E.left({ _tag: 'Unreachable' }))
  })
})

describe('ready', () => {
  it('does not wait for connections that are all at work', async () => {
    const { appUrl, ownerUrl } = await ownServer()
    const store = rightOf(await openStoreOn(appUrl, { connections: 2 }))
    cleaning.push(store.close)
    const tenantId = freshIds.tenantId()
    const pace = () => store.paces.change(tenantId, () => [{ rate: 1 }, null])()
    expect(await pace()).toMatchObject({ _tag: 'Right' })
    const release = await holding(
      ownerUrl,
      `select from lethe.call_pace where tenant_id = '${tenantId}' for update`,
    )

    const waiting = upTo(3).map(pace)
    await expect.poll(() => waitingForLocks(ownerUrl)).toBe(2)

    expect(await Promise.race([store.notReady(), ...waiting])).toBe(null)
    await release()
    expect((await Promise.all(waiting)).every(E.isRight)).toBe(true)
  })

  it('says no on a standby, and yes once that is promoted', async () => {
    const { server, folder, appUrl } = await ownServer()
    const store = await openOn(appUrl)
    expect(await store.notReady()).toBe(null)
    await server.stop()
    await writeFile(join(folder, 'data', 'standby.signal'), '')
    const standby = rightOf(await startEmbeddedPostgres({ folder, port: server.port }))
    cleaning.push(standby.stop)

    await expect.poll(store.notReady).toBe('standby')
    const tenantId = freshIds.tenantId()
    expect(await refuse(store.removalRequests.submit(submissionOf(make, { tenantId })))).toMatchObject({
      _tag: 'Unavailable',
    })

    await runIn(standby.superuserUrl, 'select pg_promote()')

    await expect.poll(store.notReady).toBe(null)
    expect((await succeed(store.removalRequests.submit(submissionOf(make, { tenantId })))).joined).toBe(false)
  })
})
