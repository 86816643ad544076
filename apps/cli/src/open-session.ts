import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { createClient } from './client.js'
import type { GlobalOptions } from './global-options.js'
import type { Io } from './io.js'
import { createLetheApi } from './lethe-api.js'
import { createOutput, type Output } from './output.js'
import { patient } from './patient-send.js'
import type { SingleRefusal } from './refusal.js'
import { repeating } from './repeating-send.js'
import { sayOn } from './say.js'
import type { LocalSession, Session } from './session.js'
import { findToken } from './sign-in/find-token.js'
import type { Spinner } from './spinner.js'
import { readToken } from './token.js'
import { traceLine } from './trace.js'

/** Where and how results are written. Colours are for terminals, and for those who want them (no-color.org). */
export const outputOf = (io: Io, { format, query }: GlobalOptions): Output =>
  createOutput(io.stdout, format, query, io.stdout.isTerminal && !isSet(io.env['NO_COLOR']))

/** Finds the server and whose token it gets; nothing is sent yet. */
export const openSession = (
  { io, during }: Spinner,
  options: GlobalOptions,
): TE.TaskEither<SingleRefusal, Session> =>
  pipe(
    findToken(io, options),
    TE.map(({ server, tokens, token, origin }) => {
      const say = sayOn(io.stderr)
      const send = createClient({
        io,
        tokens,
        trace: async exchanged => {
          const line = traceLine(options.detail, exchanged)
          if (line !== null) await say(line)
        },
      })
      return {
        io,
        output: outputOf(io, options),
        lethe: createLetheApi(server, repeating(io, send)),
        patientLethe: createLetheApi(server, patient({ io, say, send })),
        server,
        token: readToken(token),
        tokens,
        origin,
        during,
        say,
      }
    }),
  )

/** The same for a command that needs no server, or nobody who is signed in. */
export const openLocalSession = ({ io, during }: Spinner, globals: GlobalOptions): LocalSession => ({
  io,
  output: outputOf(io, globals),
  globals,
  during,
  say: sayOn(io.stderr),
})

const isSet = (value: string | undefined): value is string => value !== undefined && value !== ''
