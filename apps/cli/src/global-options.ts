import { describeErrors } from '@lethe/domain'
import type { Command } from 'commander'
import { Option } from 'commander'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { OutputFormat } from './output.js'
import type { Query } from './query.js'
import { type UsageMistake, usageMistake } from './refusal.js'
import { defaultServer } from './server-address.js'
import type { Detail } from './trace.js'

/** The options that every command takes, as they were given. */
export interface GlobalOptions {
  /** The address as it was typed; null where it was not. */
  readonly server: string | null
  /** The name of a context; null where none was typed. */
  readonly context: string | null
  readonly format: OutputFormat
  /** Whether that form was asked for; what nobody asks for is text. */
  readonly formatIsGiven: boolean
  readonly query: Query | null
  readonly detail: Detail
}

const usualFormat: OutputFormat = 'text'

/** Adds the options that every command takes. */
export const addGlobalOptions = (program: Command): Command =>
  program
    .option(
      '--server <url>',
      `where Lethe is (default: that of --context, LETHE_SERVER, the current context's, or ${defaultServer})`,
    )
    .option(
      '--context <name>',
      'whose server and sign-in to use (default: LETHE_CONTEXT, or the current one)',
    )
    .addOption(
      new Option('-o, --output <format>', `how to write results (default: ${usualFormat})`).choices(
        Object.keys(OutputFormat.keys),
      ),
    )
    .option('--query <jmespath>', 'select from the result with JMESPath, before it is written')
    .option('--verbose', 'tell each request to the server, on stderr')
    .option('--debug', 'the same with request ids')

const Given = t.exact(
  t.intersection([
    t.partial({ output: OutputFormat, server: t.string, context: t.string }),
    t.partial({ query: t.string, verbose: t.boolean, debug: t.boolean }),
  ]),
)

/** @param options what commander made of the command line. */
export const readGlobalOptions = (options: unknown): TE.TaskEither<UsageMistake, GlobalOptions> =>
  pipe(
    TE.fromEither(Given.decode(options)),
    TE.mapLeft(errors => usageMistake(describeErrors(errors).join('; '))),
    TE.flatMap(({ server, context, output, query, verbose, debug }) =>
      pipe(
        readQuery(query),
        TE.map(parsed => ({
          server: server ?? null,
          context: context ?? null,
          format: output ?? usualFormat,
          formatIsGiven: output !== undefined,
          query: parsed,
          detail: detailOf(verbose === true, debug === true),
        })),
      ),
    ),
  )

/** The language of queries is loaded by those who ask one: it is a sixth of the program. */
const readQuery = (expression: string | undefined): TE.TaskEither<UsageMistake, Query | null> =>
  expression === undefined ? TE.right(null) : async () => (await import('./query.js')).parseQuery(expression)

const detailOf = (verbose: boolean, debug: boolean): Detail => {
  if (debug) return 'requestIds'
  return verbose ? 'requests' : 'nothing'
}
