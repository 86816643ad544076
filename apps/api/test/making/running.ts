import { setTimeout } from 'node:timers/promises'
import type { Role } from '../../src/role.js'
import { type Ask, askThrough } from './asking.js'
import { type Child, startChild } from './child.js'
import { type Environment, environmentFor } from './environment.js'
import type { Issuer } from './issuer.js'
import type { TestDatabase } from './database.js'

/** A process that does what its role says. */
export interface Running extends Child {
  /** Where it listens; 0 where it does not. */
  readonly port: number
  readonly ask: Ask
}

/** The port that a process says that it listens on; 0 as long as it says none. */
export const portIn = (said: string): number => Number(/"port":(\d+)/.exec(said)?.[1] ?? 0)

/** What a process on a database is told: any free port, and not to wait for an approval. */
export const durableEnvironment = (
  issuer: Issuer,
  database: Pick<TestDatabase, 'appUrl'>,
  changes: Environment = {},
): Environment => ({
  ...environmentFor(issuer),
  LETHE_PORT: '0',
  LETHE_APPROVALS: 'automatic',
  LETHE_DATABASE_URL: database.appUrl,
  ...changes,
})

/** Starts a process in a role, and waits until it says that it is up. */
export const startRole = async (issuer: Issuer, role: Role, environment: Environment): Promise<Running> => {
  const child = startChild(environment, ['--role', role])
  while (!/"msg":"(?:listening|working)"/.test(child.said())) {
    const { exitCode, signalCode } = child.process
    // One that has ended never comes up, and says why at once.
    if (exitCode !== null || signalCode !== null) throw new Error(`Not up: ${child.said()}`)
    await setTimeout(20)
  }
  const port = portIn(child.said())
  return { ...child, port, ask: askThrough(issuer, `http://127.0.0.1:${port}`, request => fetch(request)) }
}
