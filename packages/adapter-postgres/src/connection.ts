import { readFile } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { Client, type ClientConfig } from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'
import { codeOf, NoPassword } from './problems.js'

/** Where the database is, and how a role proves to it who it is. */
export interface DatabaseAddress {
  /** As `postgres://user:password@host:port/database`. */
  readonly url: string
  /** A file with the password, read for each new connection; null where the URL has it, or none is needed. */
  readonly passwordFile: string | null
}

/**
 * What `pg` is told to reach a database: read once, with the certificates that the URL names. `pg` would read them for each
 * connection, and end the process where that fails in between.
 *
 * @returns where the URL or one of its files cannot be read: the word of the system, or `badUrl`.
 */
export const connectionTo = ({ url, passwordFile }: DatabaseAddress): E.Either<string, ClientConfig> =>
  E.tryCatch(
    () => {
      const config: ClientConfig = {
        ...parseIntoClientConfig(url),
        ...(passwordFile === null ? {} : { password: () => passwordIn(passwordFile) }),
      }
      // It refuses some options of a URL, and opens nothing yet.
      void new Client(config)
      return config
    },
    error => codeOf(error) ?? 'badUrl',
  )

/** Without the end of its last line. An identity provider or an operator may write the file anew at any time. */
const passwordIn = async (file: string): Promise<string> => {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new NoPassword('passwordUnreadable')
  })
  const password = text.replace(/\r?\n$/, '')
  if (password === '') throw new NoPassword('passwordEmpty')
  return password
}

/** A client that closes its socket where it cannot connect: `pg` and its pool leave it to the server. */
export class ClosingClient extends Client {
  constructor(config?: ClientConfig) {
    super(config)
    this.connection.on('error', () => {
      this.connection.stream.destroy()
    })
  }
}
