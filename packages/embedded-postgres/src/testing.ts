import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { TestProject } from 'vitest/node'
import { childrenOf, hasEntry, signal } from './processes.js'
import { describeRefusal } from './refusal.js'
import { type EmbeddedPostgresOptions, type RunningPostgres, startEmbeddedPostgres } from './start.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the superuser of the server that all tests share. */
    serverUrl: string
    /** A folder of `startEmbeddedPostgres` whose data are initialised: initdb takes over a second. */
    initialisedFolder: string
  }
}

/** Global setup of vitest: initialises data once for the whole run, and starts the server that all tests share. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const place = await placeOfData()
  await sweep(place)
  const root = await mkdtemp(join(place, `lethe-test-postgres-${process.pid}-`))
  const [initialised, shared] = [join(root, 'initialised'), join(root, 'shared')]
  await (await started({ folder: initialised })).stop()
  await copy(initialised, shared)
  // What a crash leaves is the subject of servers of their own; these tests need not wait for the disk.
  const server = await started({ folder: shared, settings: { max_connections: '300', fsync: 'off' } })
  project.provide('serverUrl', server.superuserUrl)
  project.provide('initialisedFolder', initialised)
  return async () => {
    await server.stop()
    await rm(root, { recursive: true, force: true })
  }
}

/** A new folder beside the initialised one, which goes with it after the last test. */
export const folderBeside = (initialised: string): Promise<string> =>
  mkdtemp(join(dirname(initialised), 'own-'))

/** Copies a folder whose server has stopped: owners and modes as they were. */
export const copy = async (from: string, to: string): Promise<void> => {
  await promisify(execFile)('cp', ['-a', from, to])
}

/**
 * Suspends a server with all of its processes: connections stay, new ones are taken by the system, and nothing is answered.
 *
 * @param processId of the postmaster.
 * @returns lets it go on.
 */
export const suspendServer = async (processId: number): Promise<() => void> => {
  // First of all, so that it starts no further process meanwhile.
  signal(processId, 'SIGSTOP')
  const all = [...(await childrenOf(processId)), processId]
  for (const one of all) signal(one, 'SIGSTOP')
  return () => {
    for (const one of all) signal(one, 'SIGCONT')
  }
}

/** Data of tests are written a lot and never kept: in memory, where the system has room for them. */
const placeOfData = async (): Promise<string> => {
  try {
    const { bavail, bsize } = await statfs('/dev/shm')
    return bavail * bsize > 4 * 2 ** 30 ? '/dev/shm' : tmpdir()
  } catch {
    return tmpdir()
  }
}

/** Removes what runs have left that were killed. */
const sweep = async (place: string): Promise<void> => {
  for (const name of await readdir(place)) {
    const owner = /^lethe-test-postgres-(\d+)-/.exec(name)?.[1]
    if (owner !== undefined && !hasEntry(Number(owner)))
      await rm(join(place, name), { recursive: true, force: true })
  }
}

const started = async (options: EmbeddedPostgresOptions): Promise<RunningPostgres> => {
  const server = await startEmbeddedPostgres(options)
  if (E.isLeft(server)) throw new Error(`No server for the tests: ${describeRefusal(server.left)}`)
  return server.right
}
