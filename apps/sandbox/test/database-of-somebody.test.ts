import { join } from 'node:path'
import { createDatabase, startEmbeddedPostgres } from '@lethe/embedded-postgres'
import * as E from 'fp-ts/lib/Either.js'
import { Client, type QueryResult } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { removeFolders } from './making/folders.js'
import { freshSettings, openSandbox, stateFolder, stopSandboxes, tryToStart } from './making/running.js'

let serverUrl: string
let stopServer: () => Promise<void>
beforeAll(async () => {
  const server = await startEmbeddedPostgres({ folder: join(await stateFolder(), 'postgres') })
  if (E.isLeft(server)) throw new Error(`No server: ${server.left._tag}`)
  serverUrl = server.right.superuserUrl
  stopServer = server.right.stop
})
afterEach(stopSandboxes)
afterAll(async () => {
  await stopServer()
  await removeFolders()
})

const query = async (url: string, text: string): Promise<ReadonlyArray<unknown>> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows }: QueryResult<object> = await client.query(text)
    return rows
  } finally {
    await client.end()
  }
}

describe('LETHE_SANDBOX_DATABASE_URL', () => {
  test('is used where the database is empty, and again where a sandbox has marked it', async () => {
    const databaseUrl = await createDatabase(serverUrl, 'empty_one')
    for (const _ of [1, 2]) {
      const { addresses, stop } = await openSandbox({}, { databaseUrl })
      expect(addresses.postgres).toBe(new URL(serverUrl).host)
      await expect.poll(async () => (await fetch(`${addresses.lethe}/healthz/ready`)).status).toBe(200)
      await stop()
    }
    expect(await query(databaseUrl, 'select name from lethe.migration')).not.toEqual([])
  })

  test('is left alone where somebody has anything in it', async () => {
    const databaseUrl = await createDatabase(serverUrl, 'used_one')
    await query(databaseUrl, 'create table theirs (id int)')
    const before = await query(databaseUrl, 'select nspname from pg_namespace order by 1')

    expect(await tryToStart(await freshSettings({ databaseUrl }))).toEqual(
      E.left({
        mistakes: [
          'LETHE_SANDBOX_DATABASE_URL: expected an empty database, or one that a sandbox has marked as its own',
        ],
      }),
    )

    expect(await query(databaseUrl, 'select nspname from pg_namespace order by 1')).toEqual(before)
  })

  test('is left alone where it is a production database of Lethe', async () => {
    const databaseUrl = await createDatabase(serverUrl, 'production_one')
    await query(databaseUrl, 'create schema lethe; create table lethe.removal_event ()')

    expect(await tryToStart(await freshSettings({ databaseUrl }))).toMatchObject({ _tag: 'Left' })
  })

  test.each([
    ['cannot be reached', 'postgres://x:y@127.0.0.1:1/nothing', 'ECONNREFUSED'],
    ['lets nobody in', 'wrong password', '28P01'],
  ])('says that it %s', async (_, which, code) => {
    const wrong = new URL(serverUrl)
    wrong.password = 'wrong'
    const databaseUrl = which.startsWith('postgres:') ? which : wrong.href

    expect(await tryToStart(await freshSettings({ databaseUrl }))).toEqual(
      E.left({
        mistakes: [
          `LETHE_SANDBOX_DATABASE_URL: expected a database that can be reached and changed (${code})`,
        ],
      }),
    )
  })
})
