import type { Command } from 'commander'
import type * as E from 'fp-ts/lib/Either.js'
import type { OutputFormat } from '../output.js'
import type { UsageMistake } from '../refusal.js'
import type { Perform, PerformLocally } from '../session.js'

/** What a command was given. */
export interface Invocation {
  readonly operands: ReadonlyArray<string>
  /** What commander made of the options. */
  readonly options: unknown
  /** Milliseconds since 1970. */
  readonly now: number
}

/** What every command has. */
interface CommandShape {
  readonly name: string
  readonly description: string
  /** The operands as commander writes them, such as `<id...>`; an empty text for none. */
  readonly operands: string
  readonly examples: ReadonlyArray<string>
  /** What else its help says: lines of at most 100 characters, with one before and after. */
  readonly notes?: string
  /** In which form it writes where nobody names one, if that is not text. */
  readonly usualFormat?: OutputFormat
  /** Adds the options of this command. */
  readonly addOptions: (command: Command) => Command
}

/** A command that asks the server as somebody. */
interface ServerCommand extends CommandShape {
  /** Checks all that was given, before anything is sent. */
  readonly prepare: (invocation: Invocation) => E.Either<UsageMistake, Perform>
}

/** A command that needs nobody who is signed in. */
interface LocalCommand extends CommandShape {
  /** Checks all that was given, before anything is done. */
  readonly prepareLocally: (invocation: Invocation) => E.Either<UsageMistake, PerformLocally>
}

/** A command, apart from how command lines are parsed. */
export type CommandDefinition = ServerCommand | LocalCommand

/** For commands that take no options of their own. */
export const noOptions = (command: Command): Command => command
