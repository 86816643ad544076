import { type Logger, pino } from 'pino'
import type { Config } from './config.js'

/** Structured logs, a JSON object a line on standard error, without host name and process id. */
export const createLog = (level: Config['logLevel']): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: true }),
  )

/** What may be logged of an unforeseen exception. */
interface Trace {
  readonly error: string
  readonly trace: ReadonlyArray<string>
  /** The SQLSTATE, or the word of the system. */
  readonly code?: string
  /** The constraint of the database that was violated. */
  readonly constraint?: string
}

/**
 * What may be logged of an unforeseen exception: its class, where it came from, and the code and the constraint of the first of
 * its causes that has one. The message and the details of the database are left out, because they may hold what somebody sent.
 */
export const traceOf = (error: unknown): Trace => ({
  ...(error instanceof Error
    ? {
        error: error.name,
        // The stack begins with the message, which may have lines that look like those of a trace.
        trace: (error.stack ?? '')
          .replace(error.message, '')
          .split('\n')
          .filter(line => /^\s+at /.test(line))
          .map(line => line.trim()),
      }
    : { error: typeof error, trace: [] }),
  ...wordsOf(error),
})

/** Of an error of the database or the system, or of what wraps one. */
const wordsOf = (error: unknown, depth = 0): Pick<Trace, 'code' | 'constraint'> => {
  if (typeof error !== 'object' || error === null || depth > mostCauses) return {}
  const words = {
    ...('code' in error && isWord(error.code) ? { code: error.code } : {}),
    ...('constraint' in error && isWord(error.constraint) ? { constraint: error.constraint } : {}),
  }
  return Object.keys(words).length === 0 && 'cause' in error ? wordsOf(error.cause, depth + 1) : words
}

const mostCauses = 5

/** A name, as codes and constraints have: nothing that somebody wrote. */
const isWord = (u: unknown): u is string => typeof u === 'string' && /^\w{1,63}$/.test(u)
