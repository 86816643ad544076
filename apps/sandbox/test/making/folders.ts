import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copy, folderBeside } from '@lethe/embedded-postgres/testing'
import * as E from 'fp-ts/lib/Either.js'
import { inject } from 'vitest'
import { startSandbox } from '../../src/sandbox.js'
import { freePorts } from './ports.js'

const made: Array<string> = []

/** A new folder, for the state of a sandbox. */
export const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-sandbox-'))
  made.push(folder)
  return folder
}

/** The state that a first start leaves, which takes some seconds to make: once for all tests. */
const firstState = async (): Promise<string> => {
  const initialised = inject('initialisedFolder')
  const folder = await folderBeside(initialised)
  await copy(initialised, join(folder, 'postgres'))
  const ports = await freePorts()
  const started = await startSandbox(
    {
      lethePort: ports.lethe,
      identityPort: ports.identity,
      graphPort: ports.graph,
      postgresPort: ports.postgres,
      databaseUrl: null,
      stateFolder: folder,
      reset: false,
    },
    {},
    () => undefined,
  )
  if (E.isLeft(started)) throw new Error(`The sandbox did not start: ${started.left.mistakes.join('; ')}`)
  await started.right.stop()
  return folder
}

let first: Promise<string> | null = null

/** A folder with the state of a sandbox that was started once. */
export const stateFolder = async (): Promise<string> => {
  first ??= firstState()
  const folder = join(await folderBeside(inject('initialisedFolder')), 'state')
  await copy(await first, folder)
  return folder
}

export const removeFolders = async (): Promise<void> => {
  await Promise.all(made.splice(0).map(folder => rm(folder, { recursive: true, force: true })))
}
