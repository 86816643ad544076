import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { childrenOf, isRunning, signal } from '../src/processes.js'
import { initialisedFolder, newFolder, removeFolders } from './making/folders.js'
import { beginParent, endParents, keeperOf, startParent } from './making/parents.js'
import { query } from './making/query.js'
import { started, stopServers } from './making/servers.js'

afterEach(async () => {
  await stopServers()
  await endParents()
  await removeFolders()
})

const expectGone = async (processIds: ReadonlyArray<number>): Promise<void> => {
  await expect.poll(() => Promise.all(processIds.map(isRunning))).not.toContain(true)
}

describe('a server that is killed', () => {
  test('is gone with all of its processes, and recovers what was committed', async () => {
    const folder = await initialisedFolder()
    const first = await started({ folder })
    await query(first.superuserUrl, 'CREATE TABLE kept AS SELECT generate_series(1, 10000)')
    const processes = [first.processId, ...(await childrenOf(first.processId))]
    expect(processes.length).toBeGreaterThan(3)
    await first.kill()
    expect(await Promise.all(processes.map(isRunning))).not.toContain(true)
    const second = await started({ folder })
    expect(await query(second.superuserUrl, 'SELECT count(*) FROM kept')).toEqual([['10000']])
    expect(await readFile(join(folder, 'postgres.log'), 'utf8')).toContain('automatic recovery in progress')
  })

  test('by somebody else says that it has ended, and starts again', async () => {
    const folder = await initialisedFolder()
    const first = await started({ folder })
    signal(first.processId, 'SIGKILL')
    await first.ended
    const second = await started({ folder })
    expect(await query(second.superuserUrl, 'SELECT 1')).toEqual([[1]])
  })
})

describe('when the process that started the server goes, the server goes', () => {
  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('by %s', async name => {
    const folder = await initialisedFolder()
    const parent = await startParent(folder)
    const processes = [parent.keeper, parent.server.processId, ...(await childrenOf(parent.server.processId))]
    signal(parent.processId, name)
    await expectGone(processes)
    expect(await readFile(join(folder, 'postgres.log'), 'utf8')).toContain('database system is shut down')
  })

  test('by its own end, which the server does not delay', async () => {
    const parent = beginParent(await initialisedFolder(), 'end')
    const keeper = await keeperOf(parent.processId)
    parent.letEnd()
    await parent.ended
    expect(parent.said()).toContain('processId')
    await expectGone([keeper])
  })

  test('while the folder is initialised, and leaves nothing behind', async () => {
    const folder = await newFolder()
    const { processId } = beginParent(folder, 'wait')
    const keeper = await keeperOf(processId)
    await expect.poll(() => namesIn(folder)).toContainEqual(expect.stringMatching(/^initialising-|^data$/))
    signal(processId, 'SIGKILL')
    await expectGone([keeper])
    expect((await namesIn(folder)).filter(name => name.startsWith('initialising-'))).toEqual([])
  })

  test('and the next one, started at once, waits for the folder', async () => {
    const folder = await initialisedFolder()
    const parent = await startParent(folder)
    await query(parent.server.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    signal(parent.processId, 'SIGKILL')
    await expectGone([parent.processId])
    const next = await started({ folder })
    expect(await query(next.superuserUrl, 'SELECT answer FROM kept')).toEqual([[42]])
  })
})

describe('the keeper', () => {
  test("does not hear a terminal's signals", async () => {
    const parent = await startParent(await initialisedFolder())
    for (const name of ['SIGINT', 'SIGHUP', 'SIGINT'] as const) signal(parent.keeper, name)
    expect(await query(parent.server.url, 'SELECT 1')).toEqual([[1]])
    expect(await isRunning(parent.keeper)).toBe(true)
  })

  test('leaves the server to the other process when it is killed', async () => {
    const parent = await startParent(await initialisedFolder())
    signal(parent.keeper, 'SIGKILL')
    await expectGone([parent.keeper, parent.server.processId])
    expect(await isRunning(parent.processId)).toBe(true)
  })

  test('and that process may be killed together: the next start ends the server that is left', async () => {
    const folder = await initialisedFolder()
    const parent = await startParent(folder)
    await query(parent.server.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    // Suspended, it hears of nothing, so that it is still there.
    signal(parent.server.processId, 'SIGSTOP')
    for (const one of [parent.processId, parent.keeper]) signal(one, 'SIGKILL')
    await expectGone([parent.processId, parent.keeper])
    expect(await isRunning(parent.server.processId)).toBe(true)
    const next = await started({ folder })
    expect(await isRunning(parent.server.processId)).toBe(false)
    expect(await query(next.superuserUrl, 'SELECT answer FROM kept')).toEqual([[42]])
  })
})

describe('a start finds its way', () => {
  test('after an initialisation that was killed', async () => {
    const folder = await newFolder()
    const { processId } = beginParent(folder, 'wait')
    const keeper = await keeperOf(processId)
    await expect.poll(() => namesIn(folder)).toContainEqual(expect.stringMatching(/^initialising-|^data$/))
    for (const one of [keeper, processId]) signal(one, 'SIGKILL')
    await expectGone([keeper, processId])
    const server = await started({ folder })
    expect(await query(server.superuserUrl, 'SELECT 1')).toEqual([[1]])
  })

  test('past what such an initialisation has left', async () => {
    const folder = await newFolder()
    await mkdir(join(folder, 'initialising-before', 'data'), { recursive: true })
    await writeFile(join(folder, 'initialising-before', 'data', 'PG_VERSION'), '18\n')
    await writeFile(join(folder, 'password'), 'of no data')
    const server = await started({ folder })
    expect(new URL(server.superuserUrl).password).not.toBe('of no data')
    expect(await namesIn(folder)).not.toContain('initialising-before')
    expect((await stat(join(folder, 'data'))).isDirectory()).toBe(true)
  })

  test('where the id of a server that is gone has passed on to another process', async () => {
    const folder = await initialisedFolder()
    const first = await started({ folder })
    const file = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8')
    await first.kill()
    await writeFile(join(folder, 'data', 'postmaster.pid'), file.replace(/^\d+/, String(process.pid)))
    const second = await started({ folder })
    expect(await query(second.superuserUrl, 'SELECT 1')).toEqual([[1]])
    expect(await isRunning(process.pid)).toBe(true)
  })
})

const namesIn = async (folder: string): Promise<ReadonlyArray<string>> => {
  try {
    return await readdir(folder)
  } catch {
    return []
  }
}
