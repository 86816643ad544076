import { readdir, rm } from 'node:fs/promises'
import { folderBeside } from '@lethe/embedded-postgres/testing'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { readArguments, usage } from '../src/arguments.js'
import { checkLeftovers } from '../src/checks/leftovers.js'
import { violation } from '../src/checks/violation.js'
import { exitCodeOf } from '../src/outcome.js'
import { startRun } from './making/run.js'

const cleaning: Array<() => unknown> = []
afterAll(async () => {
  for (const clean of cleaning.toReversed()) await clean()
})

/** A folder for the temporary files of a run, by which its processes can be told from others. */
const temporaryFolder = async (): Promise<string> => {
  const folder = await folderBeside(inject('initialisedFolder'))
  cleaning.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

describe('a run', () => {
  it('of eight kills ends with nothing broken and nothing left', async () => {
    const folder = await temporaryFolder()
    const run = startRun(['--kills', '8', '--seed', '1'], folder)
    const code = await run.ended
    expect(run.stdout()).not.toContain('VIOLATION')
    expect({ code, stderr: run.stderr() }).toEqual({ code: 0, stderr: '' })
    expect(run.stdout()).toMatch(/^(?:8|9|1\d) kills, 0 violations, /m)
    expect(run.stdout()).toMatch(/^ +1 {2}database, as by a power cut$/m)
    expect(await readdir(folder)).toEqual([])
  })

  it('that is interrupted says so, and leaves nothing', async () => {
    const folder = await temporaryFolder()
    const run = startRun(['--kills', '200', '--seed', '2'], folder)
    await expect.poll(() => processesOf(folder)).toBeGreaterThan(4)
    run.process.kill('SIGTERM')
    expect(await run.ended).toBe(3)
    expect(run.stdout()).toContain('INCONCLUSIVE: interrupted')
    expect(run.stdout()).not.toContain('VIOLATION')
    expect(await readdir(folder)).toEqual([])
  })

  it('that is killed leaves no process', async () => {
    const folder = await temporaryFolder()
    const run = startRun(['--kills', '200', '--seed', '3'], folder)
    await expect.poll(() => processesOf(folder)).toBeGreaterThan(4)
    run.process.kill('SIGKILL')
    expect(await run.ended).toBe(null)
    await expect.poll(() => processesOf(folder)).toBe(0)
  })

  it('with wrong arguments ends with 2', async () => {
    const run = startRun(['--kills', '0'])
    expect(await run.ended).toBe(2)
    expect(run.stderr()).toContain('--kills: expected a whole number from 1 to 2000')
    expect(run.stderr()).toContain(usage)
    expect(run.stdout()).toBe('')
  })

  it('says how it is used', async () => {
    const run = startRun(['--help'])
    expect(await run.ended).toBe(0)
    expect(run.stdout()).toBe(usage)
  })
})

describe('arguments', () => {
  it.each([
    [['--kills', '0']],
    [['--kills', 'many']],
    [['--kills', '2001']],
    [['--seed', '-1']],
    [['--seed', '1.5']],
    [['--speed', '1']],
    [['--twin', '501']],
    [['--twin', '1', '--kills', '1']],
    [['--delegated']],
    [['more']],
  ])('that are wrong are refused: %j', args => {
    expect(E.isLeft(readArguments(args))).toBe(true)
  })

  it('are what is asked for', () => {
    expect(readArguments(['--kills', '2', '--seed', '3'])).toEqual(
      E.right({ kind: 'run', kills: 2, seed: 3 }),
    )
    expect(readArguments(['--twin', '2', '--delegated'])).toEqual(
      E.right({ kind: 'twin', removals: 2, seed: 1, credential: 'delegated' }),
    )
  })
})

describe('the exit code', () => {
  const broken = violation('oneEffect', 'two effects')
  it.each([
    [0, [], []],
    [1, [broken], []],
    [1, [broken], ['the time was up']],
    [3, [], ['the time was up']],
  ] as const)('is %i where %j and %j', (code, violations, inconclusive) => {
    expect(exitCodeOf({ violations, inconclusive })).toBe(code)
  })
})

/** How many processes have the folder in their command line: those of Lethe and of PostgreSQL. */
const processesOf = async (folder: string): Promise<number> =>
  (await checkLeftovers({ mark: folder, processIds: [], ports: [], folder: '/nowhere' })).length
