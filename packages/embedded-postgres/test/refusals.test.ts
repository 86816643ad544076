import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { pbkdf2 } from 'node:crypto'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, test } from 'vitest'
import { locateBinaries } from '../src/binaries.js'
import { describeRefusal, type EmbeddedPostgresRefusal } from '../src/index.js'
import { startPostmaster } from '../src/postmaster.js'
import { isRunning } from '../src/processes.js'
import { refusalOfFailure } from '../src/server-failure.js'
import { openServerFolder } from '../src/server-folder.js'
import { initialisedFolder, newFolder, removeFolders } from './making/folders.js'
import { endParents, startParent } from './making/parents.js'
import { query } from './making/query.js'
import { outcomeOf, refused, started, stopServers } from './making/servers.js'

afterEach(async () => {
  await stopServers()
  await endParents()
  await removeFolders()
})

const rightOf = <A>(either: E.Either<EmbeddedPostgresRefusal, A>): A => {
  if (E.isLeft(either)) throw new Error(describeRefusal(either.left))
  return either.right
}

describe('a start is refused', () => {
  test('while another process uses the folder, which takes no harm', async () => {
    const folder = await initialisedFolder()
    const parent = await startParent(folder)
    const refusals = await Promise.all([refused({ folder }), refused({ folder })])
    for (const refusal of refusals)
      expect(refusal).toEqual({ _tag: 'InUse', folder, processId: parent.processId })
    expect(await query(parent.server.url, 'SELECT 1')).toEqual([[1]])
    expect(await isRunning(parent.server.processId)).toBe(true)
  })

  test('for all but one of those that start together', async () => {
    const folder = await newFolder()
    const all = await Promise.allSettled([1, 2, 3].map(() => started({ folder })))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('where the folder holds something else, which stays as it is', async () => {
    const folder = await newFolder()
    await mkdir(folder)
    await writeFile(join(folder, 'letter.txt'), 'Dear Bob')
    expect(await refused({ folder })).toEqual({ _tag: 'ForeignFolder', folder, found: 'letter.txt' })
    expect(await readdir(folder)).toEqual(['letter.txt'])
  })

  test('where the folder has data that are not of this package', async () => {
    const folder = await newFolder()
    await mkdir(join(folder, 'data'), { recursive: true })
    expect(await refused({ folder })).toMatchObject({ _tag: 'ForeignFolder', folder })
    expect(await readdir(folder)).toEqual(['data'])
  })

  test('where there is a file instead of a folder', async () => {
    const folder = await newFolder()
    await writeFile(folder, '')
    expect(await refused({ folder })).toEqual({ _tag: 'ForeignFolder', folder, found: 'a file' })
  })

  test('where the port is taken', async () => {
    const folder = await newFolder()
    const server = createServer()
    const port = await new Promise<number>(resolve => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        resolve(address === null || typeof address === 'string' ? 0 : address.port)
      })
    })
    try {
      expect(await refused({ folder, port })).toEqual({ _tag: 'PortInUse', port })
    } finally {
      await new Promise<void>(resolve => {
        server.close(() => {
          resolve()
        })
      })
    }
    expect((await started({ folder, port })).port).toBe(port)
  })

  test('where an older PostgreSQL made the data', async () => {
    const folder = await initialisedFolder()
    await (await started({ folder })).stop()
    await writeFile(join(folder, 'data', 'PG_VERSION'), '17\n')
    expect(await refused({ folder })).toEqual({ _tag: 'OtherVersion', folder, version: '17' })
  })

  test('where a setting would open the server to others, or does not exist', async () => {
    const folder = await initialisedFolder()
    expect(await refused({ folder, settings: { Listen_Addresses: '*' } })).toEqual({
      _tag: 'ReservedSetting',
      name: 'Listen_Addresses',
    })
    expect(await refused({ folder, settings: { no_such_setting: 'on' } })).toEqual({
      _tag: 'ServerFailed',
      reason: 'unrecognized configuration parameter "no_such_setting"',
    })
  })

  test('where the server ends before it is looked after, as on a busy machine', async () => {
    const folder = rightOf(await openServerFolder(await newFolder()))
    const busy = new AbortController()
    /** Keeps all threads that Node works with files on at work, so that each step with a file takes a while. */
    const work = async (): Promise<void> => {
      while (!busy.signal.aborted) await promisify(pbkdf2)('a', 'b', 100_000, 64, 'sha512')
    }
    const working = Promise.all(Array.from({ length: 8 }, work))
    const failing = { command: '/bin/sh', args: ['-c', 'echo FATAL:  the reason >&2; exit 1'], options: {} }
    expect(
      await startPostmaster({
        folder,
        launcher: { commandFor: () => failing, user: null },
        postgres: 'postgres',
        port: 1,
        settings: {},
        leaving: new AbortController().signal,
        onSlow: () => undefined,
      }),
    ).toEqual(E.left({ _tag: 'ServerFailed', reason: 'the reason' }))
    busy.abort()
    await working
  })

  test('where an ordinary user may not write; for root, a folder that the server may not enter is no obstacle', async () => {
    const folder = await newFolder()
    const isRoot = process.getuid?.() === 0
    const rootGets = process.platform === 'linux' ? 'started' : 'FolderClosed'
    await chmod(dirname(folder), isRoot ? 0o700 : 0o500)
    expect(await outcomeOf({ folder })).toBe(isRoot ? rootGets : 'FolderNotWritable')
  })

  test('where there is no PostgreSQL for the machine', async () => {
    expect(await locateBinaries('linux', 'riscv64')).toEqual({
      _tag: 'Left',
      left: { _tag: 'BinariesMissing', platform: 'linux-riscv64' },
    })
  })
})

describe('what PostgreSQL says when it fails', () => {
  test.each<readonly [string, EmbeddedPostgresRefusal]>([
    [
      'initdb: error: could not write file "data/base/1/1259": No space left on device',
      { _tag: 'DiskFull', folder: '/f' },
    ],
    [
      '2026-11-23 13:00:00.000 UTC [7] PANIC:  could not write to file "pg_wal/xlogtemp.7": No space left on device',
      { _tag: 'DiskFull', folder: '/f' },
    ],
    [
      'initdb: error while loading shared libraries: libicuuc.so.60: cannot open shared object file',
      {
        _tag: 'BinariesDoNotRun',
        reason: 'error while loading shared libraries: libicuuc.so.60: cannot open shared object file',
      },
    ],
    [
      '2026-11-23 13:00:00.000 UTC [7] FATAL:  data directory "/f/data" has wrong ownership\n',
      { _tag: 'ServerFailed', reason: 'data directory "/f/data" has wrong ownership' },
    ],
    [
      'initdb: could not look up effective user ID 4242: user does not exist\n',
      {
        _tag: 'ServerFailed',
        reason: 'initdb: could not look up effective user ID 4242: user does not exist',
      },
    ],
    ['', { _tag: 'ServerFailed', reason: 'it did not say why' }],
  ])('%s', (said, refusal) => {
    expect(refusalOfFailure(said, { folder: '/f', port: 1, dataVersion: '18' })).toEqual(refusal)
  })
})

describe('a refusal in words', () => {
  test.each<EmbeddedPostgresRefusal>([
    { _tag: 'InUse', folder: '/f', processId: 7 },
    { _tag: 'ForeignFolder', folder: '/f', found: 'letter.txt' },
    { _tag: 'OtherVersion', folder: '/f', version: '17' },
    { _tag: 'FolderNotWritable', folder: '/f' },
    { _tag: 'FolderClosed', folder: '/f', user: 'nobody' },
    { _tag: 'DiskFull', folder: '/f' },
    { _tag: 'PortInUse', port: 5432 },
    { _tag: 'ReservedSetting', name: 'port' },
    { _tag: 'NoServerUser' },
    { _tag: 'BinariesMissing', platform: 'linux-riscv64' },
    { _tag: 'BinariesDoNotRun', reason: 'spawn ENOENT' },
    { _tag: 'ServerFailed', reason: 'it did not say why' },
  ])('$_tag is one sentence that says what to do', refusal => {
    expect(describeRefusal(refusal)).toMatch(
      /^[^\n]+: [^\n]+\.$|^PostgreSQL did not start \([^\n]+\): [^\n]+\.$/,
    )
  })
})
