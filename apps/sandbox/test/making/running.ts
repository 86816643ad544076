import { join } from 'node:path'
import { copy, folderBeside } from '@lethe/embedded-postgres/testing'
import * as E from 'fp-ts/lib/Either.js'
import { inject } from 'vitest'
import { type RunningSandbox, startSandbox } from '../../src/sandbox.js'
import type { SandboxSettings } from '../../src/settings.js'
import { freePorts } from './ports.js'

const running: Array<RunningSandbox> = []

type Environment = Readonly<Record<string, string | undefined>>

/** Settings of a sandbox on free ports, in a folder of its own. */
export const freshSettings = async (changes: Partial<SandboxSettings> = {}): Promise<SandboxSettings> => {
  const { lethe, identity, graph, postgres } = await freePorts()
  return {
    lethePort: lethe,
    identityPort: identity,
    graphPort: graph,
    postgresPort: postgres,
    databaseUrl: null,
    reset: false,
    ...changes,
    stateFolder: changes.stateFolder ?? (await stateFolder()),
  }
}

/** The state that a first start leaves, which takes some seconds to make: once for all tests. */
const firstState = async (): Promise<string> => {
  const initialised = inject('initialisedFolder')
  const folder = await folderBeside(initialised)
  await copy(initialised, join(folder, 'postgres'))
  await (await openSandbox({}, { stateFolder: folder })).stop()
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

/** Starts a sandbox in this process. */
export const openSandbox = async (
  environment: Environment = {},
  changes: Partial<SandboxSettings> = {},
): Promise<RunningSandbox> => {
  const started = await tryToStart(await freshSettings(changes), environment)
  if (E.isLeft(started)) throw new Error(`The sandbox did not start: ${started.left.mistakes.join('; ')}`)
  running.push(started.right)
  return started.right
}

/** The same where it may be refused. */
export const tryToStart = (settings: SandboxSettings, environment: Environment = {}) =>
  startSandbox(settings, environment, () => undefined)

export const stopSandboxes = async (): Promise<void> => {
  await Promise.all(running.splice(0).map(sandbox => sandbox.stop()))
}
