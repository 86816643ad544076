import * as t from 'io-ts'
import { type Logger, pino } from 'pino'
import { jsonOf } from './answer.js'
import { decoded } from './decoded.js'

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

const Line = t.intersection([t.type({ level: t.string, msg: t.string }), t.UnknownRecord])
/** A line of the log of a process, with all that it holds. */
export type Line = t.TypeOf<typeof Line>

/** The lines of the log of a process; throws where it said anything else. */
export const linesIn = (said: string): ReadonlyArray<Line> =>
  said
    .split('\n')
    .filter(text => text !== '')
    .map(text => decoded(Line)(jsonOf({ text })))
