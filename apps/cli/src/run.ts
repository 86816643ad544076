import { CommanderError } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { complete, completeCommand } from './completion/complete.js'
import { type ExitCode, exitCodeOf } from './exit-codes.js'
import type { CommandDefinition, Invocation } from './commands/command-definition.js'
import { type GlobalOptions, readGlobalOptions } from './global-options.js'
import type { Io } from './io.js'
import { openLocalSession, openSession, outputOf } from './open-session.js'
import { writing } from './output.js'
import { packageVersion } from './package-version.js'
import { createProgram } from './program.js'
import { messagesOf } from './refusal-messages.js'
import type { Refusal } from './refusal.js'
import { sayOn } from './say.js'
import { type Spinner, spinnerFor } from './spinner.js'
import { visible } from './visible-text.js'
import { spellOutWait } from './wait-option.js'

/**
 * Runs the CLI: results go to stdout, everything else to stderr.
 *
 * @param argv what comes after the program's name.
 * @param io everything outside; nothing else is touched.
 * @returns the exit code; never rejects.
 */
export const run = async (argv: ReadonlyArray<string>, io: Io): Promise<ExitCode> => {
  const out: Array<string> = []
  const err: Array<string> = []
  let code: ExitCode = 0
  const settle = async (task: TE.TaskEither<Refusal, void>): Promise<void> => {
    code = await settled(io, task)
  }
  const version = packageVersion()
  const program = createProgram(
    version,
    { out: text => out.push(text), err: text => err.push(text) },
    {
      perform: (definition, operands, options) =>
        settle(
          pipe(
            readGlobalOptions(options),
            TE.flatMap(globals =>
              performing(spinnerFor(io, globals), globals)(definition, { operands, options, now: io.now() }),
            ),
          ),
        ),
      showVersion: options =>
        settle(
          pipe(
            readGlobalOptions(options),
            TE.flatMap(globals => outputOf(io, globals).plain(version)),
          ),
        ),
    },
  )
  if (argv[0] === completeCommand) {
    await complete(program, argv.slice(1), io)
    return 0
  }
  try {
    await program.parseAsync([...spellOutWait(argv)], { from: 'user' })
  } catch (error) {
    code = error instanceof CommanderError ? codeOf(error) : await unforeseen(io, error)
  }
  if (out.length > 0) await settle(writing(io.stdout)(out.join('')))
  await io.stderr.write(err.join('').split('\n').map(visible).join('\n'))
  return code
}

/** What was given is checked before anything is looked for. */
const performing =
  (spinner: Spinner, globals: GlobalOptions) =>
  (definition: CommandDefinition, invocation: Invocation): TE.TaskEither<Refusal, void> =>
    'prepareLocally' in definition
      ? pipe(
          TE.fromEither(definition.prepareLocally(invocation)),
          TE.flatMap(perform => perform(openLocalSession(spinner, globals))),
        )
      : pipe(
          TE.fromEither(definition.prepare(invocation)),
          TE.bindTo('perform'),
          TE.bind('session', () => openSession(spinner, formatted(definition, globals))),
          TE.flatMap(({ perform, session }) => perform(session)),
        )

/** Where nobody asks for a form, a command may have a better one than text. */
const formatted = ({ usualFormat }: CommandDefinition, globals: GlobalOptions): GlobalOptions =>
  !globals.formatIsGiven && usualFormat !== undefined ? { ...globals, format: usualFormat } : globals

const settled = async (io: Io, task: TE.TaskEither<Refusal, void>): Promise<ExitCode> => {
  const result = await task()
  if (E.isRight(result)) return 0
  for (const message of messagesOf(result.left)) await sayOn(io.stderr)(message)
  return exitCodeOf(result.left)
}

/** Commander ends so for help too, and calls every mistake 1. */
const codeOf = (error: CommanderError): ExitCode => (error.exitCode === 0 ? 0 : 2)

/** A bug. What it was is told without its message, which may quote data. */
const unforeseen = async (io: Io, error: unknown): Promise<ExitCode> => {
  const frames =
    error instanceof Error ? (error.stack ?? '').split('\n').filter(line => /^\s+at /.test(line)) : []
  const name = error instanceof Error ? error.name : 'error'
  await sayOn(io.stderr)(`an unexpected ${name}; this is a mistake in lethe. ${frames.slice(0, 3).join(' ')}`)
  return 1
}
