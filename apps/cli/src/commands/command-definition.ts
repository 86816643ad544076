import type { Command } from 'commander'
import type * as E from 'fp-ts/lib/Either.js'
import type { OutputFormat } from '../output.js'
import type { UsageMistake } from '../refusal.js'
import type { Perform } from '../session.js'

/** What a command was given. */
interface Invocation {
  readonly operands: ReadonlyArray<string>
  /** What commander made of the options. */
  readonly options: unknown
  /** Milliseconds since 1970. */
  readonly now: number
}

/** A command, apart from how command lines are parsed. */
export interface CommandDefinition {
  readonly name: string
  readonly description: string
  /** The operands as commander writes them, such as `<id...>`; an empty text for none. */
  readonly operands: string
  readonly examples: ReadonlyArray<string>
  /** What else its help says: lines of at most 100 characters, with one before and after. */
  readonly notes?: string
  /** In which form it writes where nobody names one, if that is not text. */
  readonly formatOfText?: OutputFormat
  /** Adds the options of this command. */
  readonly addOptions: (command: Command) => Command
  /** Checks all that was given, before anything is sent. */
  readonly prepare: (invocation: Invocation) => E.Either<UsageMistake, Perform>
}

/** For commands that take no options of their own. */
export const noOptions = (command: Command): Command => command
