import * as E from 'fp-ts/lib/Either.js'
import { type RunningSandbox, startSandbox } from '../../src/sandbox.js'
import { newFolder } from './folders.js'
import { freePorts } from './ports.js'

const running: Array<RunningSandbox> = []

/** Starts a sandbox in this process, on free ports. */
export const openSandbox = async (
  environment: Readonly<Record<string, string | undefined>> = {},
  folder?: string,
): Promise<RunningSandbox> => {
  const { lethe, identity } = await freePorts()
  const stateFolder = folder ?? (await newFolder())
  const started = await startSandbox(
    { lethePort: lethe, identityPort: identity, stateFolder, reset: false },
    environment,
  )
  if (E.isLeft(started)) throw new Error(`The sandbox did not start: ${started.left.mistakes.join('; ')}`)
  running.push(started.right)
  return started.right
}

export const stopSandboxes = async (): Promise<void> => {
  await Promise.all(running.splice(0).map(sandbox => sandbox.stop()))
}
