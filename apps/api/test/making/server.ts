import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeRefusal, startEmbeddedPostgres } from '@lethe/embedded-postgres'
import * as E from 'fp-ts/lib/Either.js'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the superuser of the PostgreSQL server that all files of the suite share. */
    serverUrl: string
  }
}

/** Starts the PostgreSQL server of the suite, and ends it after the last test. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-api-postgres-'))
  // What a crash leaves is the subject of a server of its own; these tests need not wait for the disk.
  const server = await startEmbeddedPostgres({ folder, settings: { max_connections: '300', fsync: 'off' } })
  if (E.isLeft(server)) {
    await rm(folder, { recursive: true, force: true })
    throw new Error(`No server for the tests: ${describeRefusal(server.left)}`)
  }
  const remove = async (): Promise<void> => {
    await server.right.stop()
    await rm(folder, { recursive: true, force: true })
  }
  project.provide('serverUrl', server.right.superuserUrl)
  return remove
}
