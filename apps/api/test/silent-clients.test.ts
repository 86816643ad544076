import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { killChildren, startChild } from './making/child.js'
import { environmentFor } from './making/environment.js'
import { openIssuer } from './making/issuer.js'
import { contoso, crowd, upTo } from './making/places.js'
import { closeConnections, openConnection, type RawConnection } from './making/raw-connection.js'
import { profilesPath } from './making/requests.js'
import { portIn } from './making/running.js'

const issuer = await openIssuer()
const folder = await mkdtemp(join(tmpdir(), 'lethe-api-'))
afterEach(() => {
  closeConnections()
  killChildren()
})
afterAll(async () => {
  await issuer.close()
  await rm(folder, { recursive: true })
})

/** A process that has 64 MB for everything that is not young, and closes what is not read after a second or two. */
const startSmall = async () => {
  const file = join(folder, 'profiles.json')
  await writeFile(file, JSON.stringify([{ resourceTenantId: contoso, profiles: crowd(999) }]))
  const child = startChild({
    ...environmentFor(issuer),
    NODE_OPTIONS: '--max-old-space-size=64',
    LETHE_PORT: '0',
    LETHE_PROFILES_FILE: file,
    LETHE_WRITE_TIMEOUT_SECONDS: '1',
  })
  await expect.poll(() => portIn(child.said())).toBeGreaterThan(0)
  const port = portIn(child.said())
  const token = await issuer.tokenOf('pradeep')
  /** What an honest client is answered meanwhile. */
  const ask = async (path: string): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    await answer.arrayBuffer()
    return answer.status
  }
  return { child, port, token, ask }
}

/** Connections that send and never read. */
const openSilent = (port: number, count: number, sent: string): ReadonlyArray<RawConnection> =>
  upTo(count).map(() => {
    const connection = openConnection(port)
    connection.stopReading()
    connection.send(sent)
    return connection
  })

/** Waits until all of them are closed. A client that does not read notices it when it sends. */
const allClosed = (silent: ReadonlyArray<RawConnection>, request: string) =>
  expect
    .poll(() => {
      const open = silent.filter(connection => connection.isOpen())
      for (const connection of open) connection.send(request)
      return open.length
    })
    .toBe(0)

test('30 clients that ask for 40 pages of 999 and read none are closed, and others are served meanwhile', async () => {
  const { child, port, token, ask } = await startSmall()
  const list = `GET ${profilesPath}?$top=999 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`
  const silent = openSilent(port, 30, list.repeat(40))
  expect(await ask('/healthz/live')).toBe(200)
  expect(await ask(`${profilesPath}?$top=1`)).toBe(200)
  await allClosed(silent, list)
  expect(await ask(`${profilesPath}?$top=999`)).toBe(200)
  expect(child.process.exitCode).toBeNull()
})

test('200 clients without a token that send 10,000 requests at once are closed, and others are served meanwhile', async () => {
  const { child, port, ask } = await startSmall()
  const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
  const silent = openSilent(port, 200, request.repeat(10_000))
  expect(await ask('/healthz/live')).toBe(200)
  await allClosed(silent, request)
  expect(await ask(`${profilesPath}?$top=1`)).toBe(200)
  expect(child.process.exitCode).toBeNull()
})
