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

/**
 * What may be logged of an unforeseen exception: its class and where it came from. The message is left out, because it may
 * hold what somebody sent.
 */
export const traceOf = (error: unknown): { readonly error: string; readonly trace: ReadonlyArray<string> } =>
  error instanceof Error
    ? {
        error: error.name,
        // The stack begins with the message, which may have lines that look like those of a trace.
        trace: (error.stack ?? '')
          .replace(error.message, '')
          .split('\n')
          .filter(line => /^\s+at /.test(line))
          .map(line => line.trim()),
      }
    : { error: typeof error, trace: [] }
