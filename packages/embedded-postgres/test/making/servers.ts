import * as E from 'fp-ts/lib/Either.js'
import {
  describeRefusal,
  type EmbeddedPostgresOptions,
  type EmbeddedPostgresRefusal,
  type RunningPostgres,
  startEmbeddedPostgres,
} from '../../src/index.js'

const running: Array<RunningPostgres> = []

/** Starts a server that must start. */
export const started = async (options: EmbeddedPostgresOptions): Promise<RunningPostgres> => {
  const server = await startEmbeddedPostgres(options)
  if (E.isLeft(server)) throw new Error(describeRefusal(server.left))
  running.push(server.right)
  return server.right
}

/** Starts a server that must not start. */
export const refused = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgresRefusal> => {
  const server = await startEmbeddedPostgres(options)
  if (E.isLeft(server)) return server.left
  running.push(server.right)
  throw new Error('The server started')
}

/** `started`, or the tag of the refusal. */
export const outcomeOf = async (options: EmbeddedPostgresOptions): Promise<string> => {
  const server = await startEmbeddedPostgres(options)
  if (E.isLeft(server)) return server.left._tag
  running.push(server.right)
  return 'started'
}

export const stopServers = async (): Promise<void> => {
  await Promise.all(running.splice(0).map(server => server.stop()))
}
