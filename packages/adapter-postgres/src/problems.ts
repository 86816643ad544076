import type { Unavailable } from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/**
 * What may be told of an outage: its SQLSTATE, or the word of the system, and what was under way, in a fixed word. Never the
 * message, which may hold a row.
 */
export type OnProblem = (problem: { readonly code: string; readonly operation: string }) => void

/**
 * What of SQLSTATE says nothing about what was asked, only that the database cannot do it now: connection, authentication, no
 * such database, transaction rollback, resources, lock not available, operator intervention, system error, a server that only
 * reads, and a transaction that took too long. Source: PostgreSQL, appendix A.
 */
const passing = /^(?:(?:08|28|40|53|57|58)\w{3}|3D000|55P03|LC001|25006|25P03|25P04)$/

/** Of these, what the connection is of no use after: it is lost, ended, or leads to a server that only reads. */
const spent = /^(?:08\w{3}|57P\w{2}|25006|25P03|25P04)$/

/** Errors of sockets and of the names of hosts. Source: Node.js, common system errors, and dns. */
const ofTheNetwork: ReadonlySet<string> = new Set([
  'EACCES',
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EMFILE',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENFILE',
  'ENOBUFS',
  'ENOENT',
  'ENOTCONN',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
])

/** Certificates and handshakes. Source: Node.js, X509 certificate error codes, and its own errors. */
const ofTls =
  /^(?:CERT_|CRL_|DEPTH_ZERO_|ERROR_IN_|ERR_SSL_|ERR_TLS_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH_|SELF_SIGNED_|UNABLE_TO_)/

/** What pg and its pool say of a connection, to the letter: these errors have no code. */
const ofTheDriver: ReadonlyMap<string, string> = new Map([
  ['Connection terminated unexpectedly', 'connectionLost'],
  ['Connection terminated', 'connectionLost'],
  ['Client has encountered a connection error and is not queryable', 'connectionLost'],
  ['Client was closed and is not queryable', 'connectionLost'],
  ['Cannot use a pool after calling end on the pool', 'connectionLost'],
  ['Query read timeout', 'noAnswer'],
  ['timeout expired', 'connectTimeout'],
  ['timeout exceeded when trying to connect', 'connectTimeout'],
  ['Connection terminated due to connection timeout', 'connectTimeout'],
  ['The server does not support SSL connections', 'noTls'],
  ['There was an error establishing an SSL connection', 'noTls'],
])

/** After so many seconds it is worth asking again. */
const retryAfterSeconds = 1

/** Something that cannot be, unless this adapter has a bug or somebody changed the database by hand. Asking again is no use. */
export class Defect extends Error {
  override readonly name = 'Defect'
}

/** The file with the password cannot be read now, or is empty. */
export class NoPassword extends Error {
  override readonly name = 'NoPassword'
  constructor(readonly code: 'passwordUnreadable' | 'passwordEmpty') {
    super('The file with the password of the database cannot be used')
  }
}

/**
 * Nothing was asked of the database: it is known not to answer, or too much waits for it already. What is refused so is not done
 * later.
 */
export class NotNow extends Error {
  override readonly name = 'NotNow'
  /** @param code why, as a word for the log. */
  constructor(readonly code: string) {
    super('Nothing is asked of the database now')
  }
}

/** The SQLSTATE of what is refused because the clock of this process is not that of the database: of `lethe.refuse_clock`. */
export const clockDiffers = 'LC001'

/**
 * Whether a failure is known to lie with the database or the way to it, and not with what was asked of it. Everything else is
 * a bug, of Lethe or of a library.
 */
export const isPassing = (error: unknown): boolean => outageIn(error) !== null

/** Whether a connection is of no use after a failure, though it may look open. */
export const isSpent = (error: unknown): boolean => spent.test(codeOf(error) ?? '')

/** The SQLSTATE of a failure, or the word of the system; null where it has none. */
export const codeOf = (error: unknown): string | null =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null

/** What an outage is called: its SQLSTATE, the word of the system, or a word for what the driver says; null for a bug. */
export const outageIn = (error: unknown): string | null => {
  const code = codeOf(error)
  if (code !== null)
    return error instanceof NoPassword ||
      error instanceof NotNow ||
      passing.test(code) ||
      ofTheNetwork.has(code) ||
      ofTls.test(code)
      ? code
      : null
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : ''
  return ofTheDriver.get(message) ?? (message.startsWith('SASL: ') ? 'notAuthenticated' : null)
}

/**
 * Runs what talks to the database: `Unavailable` where that cannot be done now; rejects where what was asked is wrong,
 * which is a bug.
 *
 * @param operation what it does, in a fixed word.
 */
export const orUnavailable =
  (onProblem: OnProblem) =>
  <A>(operation: string, run: () => Promise<A>): TaskEither<Unavailable, A> =>
  async () => {
    try {
      return E.right(await run())
    } catch (error) {
      const code = outageIn(error)
      if (code === null) throw error
      // What was not even asked is no news: what keeps it from being asked was told.
      if (!(error instanceof NotNow)) onProblem({ code, operation })
      return E.left({ _tag: 'Unavailable', retryAfterSeconds })
    }
  }
