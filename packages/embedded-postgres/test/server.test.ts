import { stat, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { createDatabase, dropDatabase } from '../src/index.js'
import { isRunning } from '../src/processes.js'
import { initialisedFolder, newFolder, removeFolders } from './making/folders.js'
import { connectionError, query } from './making/query.js'
import { started, stopServers } from './making/servers.js'

afterEach(stopServers)
afterAll(removeFolders)

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, host)
    const settle = (answered: boolean) => (): void => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', settle(true))
    socket.once('error', settle(false))
  })

describe('a server', () => {
  test('keeps its data and its password over a restart', async () => {
    const folder = await initialisedFolder()
    const first = await started({ folder })
    await query(first.superuserUrl, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    const second = await started({ folder })
    expect(await query(second.superuserUrl, 'SELECT answer FROM kept')).toEqual([[42]])
    expect(new URL(second.superuserUrl).password).toBe(new URL(first.superuserUrl).password)
  })

  test('is gone when it has stopped, however often it is told', async () => {
    const folder = await initialisedFolder()
    const server = await started({ folder })
    expect(await answers('127.0.0.1', server.port)).toBe(true)
    await Promise.all([server.stop(), server.stop()])
    await server.stop()
    await server.ended
    expect(await isRunning(server.processId)).toBe(false)
    expect(await answers('127.0.0.1', server.port)).toBe(false)
    expect(await readFile(join(folder, 'postgres.log'), 'utf8')).toContain('database system is shut down')
  })

  test('stops at once although somebody is connected', async () => {
    const server = await started({ folder: await initialisedFolder() })
    const waiting = connectionErrorOf(query(server.superuserUrl, 'SELECT pg_sleep(3600)'))
    await untilAsleep(server.superuserUrl)
    await server.stop()
    expect(await waiting).toBe('57P01')
  })

  test('is as safe and as plain as production', async () => {
    const { superuserUrl } = await started({ folder: await newFolder(), settings: { work_mem: '5MB' } })
    const settings = [
      'fsync',
      'full_page_writes',
      'synchronous_commit',
      'data_checksums',
      'server_encoding',
      'listen_addresses',
      'unix_socket_directories',
      'password_encryption',
      'work_mem',
    ]
    const shown = settings.map(name => `current_setting('${name}')`).join(', ')
    expect(await query(superuserUrl, `SELECT ${shown}`)).toEqual([
      ['on', 'on', 'on', 'on', 'UTF8', '127.0.0.1', '', 'scram-sha-256', '5MB'],
    ])
    expect(
      await query(superuserUrl, 'SELECT DISTINCT datcollate, datctype, datlocprovider FROM pg_database'),
    ).toEqual([['C', 'C', 'c']])
    expect(await query(superuserUrl, 'SELECT DISTINCT auth_method FROM pg_hba_file_rules')).toEqual([
      ['scram-sha-256'],
    ])
  })

  test('listens on 127.0.0.1 and on no other address', async () => {
    const { port } = await started({ folder: await initialisedFolder() })
    const addresses = Object.values(networkInterfaces())
      .flatMap(list => list ?? [])
      .filter(({ scopeid }) => scopeid === undefined || scopeid === 0)
      .map(({ address }) => address)
    const answering = await Promise.all(
      ['127.0.0.1', ...addresses].map(async host => ((await answers(host, port)) ? [host] : [])),
    )
    expect([...new Set(answering.flat())]).toEqual(['127.0.0.1'])
  })

  test('has a password of its own, and lets nobody in with another one', async () => {
    const folders = [await newFolder(), await newFolder()] as const
    const [one, other] = await Promise.all([started({ folder: folders[0] }), started({ folder: folders[1] })])
    const wrong = new URL(one.superuserUrl)
    wrong.password = new URL(other.superuserUrl).password
    expect(await connectionError(one.superuserUrl)).toBe(null)
    expect(await connectionError(wrong.href)).toBe('28P01')
    expect(wrong.password.length).toBeGreaterThanOrEqual(32)
    expect((await stat(join(folders[0], 'password'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(folders[0], 'data'))).mode & 0o777).toBe(0o700)
  })

  test('never runs as root', async () => {
    const folder = await initialisedFolder()
    await started({ folder })
    const { uid } = await stat(join(folder, 'data', 'postmaster.pid'))
    expect(uid).not.toBe(0)
    expect(process.getuid?.() === 0 || uid === process.getuid?.()).toBe(true)
  })
})

describe('databases', () => {
  test('are made empty, and removed although somebody is connected', async () => {
    const { superuserUrl } = await started({ folder: await initialisedFolder() })
    const url = await createDatabase(superuserUrl, 'Suite "one" é')
    expect(await query(url, 'SELECT current_database()')).toEqual([['Suite "one" é']])
    await expect(createDatabase(superuserUrl, 'Suite "one" é')).rejects.toThrow('already exists')
    const waiting = connectionErrorOf(query(url, 'SELECT pg_sleep(3600)'))
    await untilAsleep(superuserUrl)
    await dropDatabase(superuserUrl, 'Suite "one" é')
    await dropDatabase(superuserUrl, 'Suite "one" é')
    expect(await waiting).toBe('57P01')
    expect(await connectionError(url)).toBe('3D000')
  })
})

/** Waits until somebody's query sleeps: one that is only being sent would be cut off without a code. */
const untilAsleep = async (superuserUrl: string): Promise<void> => {
  await expect
    .poll(() => query(superuserUrl, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
    .toHaveLength(1)
}

const connectionErrorOf = async (asked: Promise<unknown>): Promise<unknown> => {
  try {
    await asked
    return null
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}
