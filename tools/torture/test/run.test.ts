import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkLeftovers } from '../src/checks/leftovers.js'
import { startRun } from './making/run.js'

const cleaning: Array<() => unknown> = []
afterAll(async () => {
  for (const clean of cleaning.toReversed()) await clean()
})

/** A folder for the temporary files of a run, by which its processes can be told from others. */
const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-torture-test-'))
  cleaning.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Much longer than any of it takes: what is slow here is the machine. */
const patience = { timeout: 240_000 }

describe('a run', () => {
  it('of twelve kills ends with nothing broken and nothing left', patience, async () => {
    const folder = await temporaryFolder()
    const run = startRun(['--kills', '12', '--seed', '1'], folder)
    const code = await run.ended
    expect(run.stdout()).not.toContain('VIOLATION')
    expect({ code, stderr: run.stderr() }).toEqual({ code: 0, stderr: '' })
    expect(run.stdout()).toMatch(/^1[2-9] kills, 0 violations, /m)
    expect(run.stdout()).toMatch(/^ +1 {2}database, as by a power cut$/m)
    expect(await readdir(folder)).toEqual([])
  })

  it('that is interrupted says so, and leaves nothing', patience, async () => {
    const folder = await temporaryFolder()
    const run = startRun(['--kills', '200', '--seed', '2'], folder)
    await expect.poll(() => processesOf(folder), { timeout: 60_000 }).toBeGreaterThan(4)
    run.process.kill('SIGTERM')
    expect(await run.ended).toBe(1)
    expect(run.stdout()).toContain('interrupted')
    expect(run.stdout()).not.toContain('VIOLATION nothingIsLeft')
    expect(await readdir(folder)).toEqual([])
  })

  it('that is killed leaves no process', patience, async () => {
    const folder = await temporaryFolder()
    const run = startRun(['--kills', '200', '--seed', '3'], folder)
    await expect.poll(() => processesOf(folder), { timeout: 60_000 }).toBeGreaterThan(4)
    run.process.kill('SIGKILL')
    expect(await run.ended).toBe(null)
    await expect.poll(() => processesOf(folder), { timeout: 60_000 }).toBe(0)
  })

  it.each([
    [['--kills', '0']],
    [['--kills', 'many']],
    [['--kills', '2001']],
    [['--seed', '-1']],
    [['--seed', '1.5']],
    [['--speed', '1']],
    [['more']],
  ])('with wrong arguments ends with 2: %j', async args => {
    const run = startRun(args)
    expect(await run.ended).toBe(2)
    expect(run.stderr()).toContain('Usage: ')
    expect(run.stdout()).toBe('')
  })

  it('says how it is used', async () => {
    const run = startRun(['--help'])
    expect(await run.ended).toBe(0)
    expect(run.stdout()).toContain('--seed')
  })
})

/** How many processes have the folder in their command line: those of Lethe and of PostgreSQL. */
const processesOf = async (folder: string): Promise<number> =>
  (await checkLeftovers({ mark: folder, processIds: [], ports: [], folder: '/nowhere' })).length
