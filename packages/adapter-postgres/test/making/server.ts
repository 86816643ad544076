import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@lethe/embedded-postgres'
import * as E from 'fp-ts/lib/Either.js'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the superuser of the server that all files of the suite share. */
    serverUrl: string
  }
}

/** Starts the server of the suite, and ends it after the last test. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-adapter-postgres-'))
  // What a crash leaves is the subject of other tests; these need not wait for the disk.
  const settings = { max_connections: '300', fsync: 'off' }
  const server = await startEmbeddedPostgres({ folder, settings })
  if (E.isLeft(server)) throw new Error(`No server for the tests: ${server.left._tag}`)
  project.provide('serverUrl', server.right.superuserUrl)
  return async () => {
    await server.right.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
