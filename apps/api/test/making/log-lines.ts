import { type Logger, pino } from 'pino'

/** A logger, and what it wrote so far. */
export interface LogLines {
  readonly log: Logger
  readonly lines: ReadonlyArray<string>
}

export const keepLog = (): LogLines => {
  const lines: Array<string> = []
  const log = pino(
    { level: 'debug', base: null },
    {
      write: line => {
        lines.push(line)
      },
    },
  )
  return { log, lines }
}
