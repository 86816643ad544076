import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { createClient } from './client.js'
import type { GlobalOptions } from './global-options.js'
import type { Io } from './io.js'
import { createLetheApi } from './lethe-api.js'
import { createOutput, type Output } from './output.js'
import { patient } from './patient-send.js'
import type { SingleRefusal } from './refusal.js'
import { repeating } from './repeating-send.js'
import { sayOn } from './say.js'
import { defaultServer, parseServer } from './server-address.js'
import type { Session } from './session.js'
import { readToken } from './token.js'
import { traceLine } from './trace.js'

/** Where and how results are written. Colours are for terminals, and for those who want them (no-color.org). */
export const outputOf = (io: Io, { format, query }: GlobalOptions): Output =>
  createOutput(io.stdout, format, query, io.stdout.isTerminal && !isSet(io.env['NO_COLOR']))

/** Finds the server and the token; nothing is sent yet. */
export const openSession = (io: Io, options: GlobalOptions): E.Either<SingleRefusal, Session> =>
  pipe(
    E.Do,
    E.bind('server', () => parseServer(options.server ?? setOr(io.env['LETHE_SERVER'], defaultServer))),
    E.bind('token', () => tokenOf(io.env['LETHE_TOKEN'])),
    E.map(({ server, token }) => {
      const say = sayOn(io.stderr)
      const send = createClient({
        io,
        token,
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
        say,
      }
    }),
  )

const isSet = (value: string | undefined): value is string => value !== undefined && value !== ''

const setOr = (value: string | undefined, otherwise: string): string => (isSet(value) ? value : otherwise)

const tokenOf = (value: string | undefined): E.Either<SingleRefusal, string> => {
  if (!isSet(value)) return E.left({ _tag: 'NoToken' })
  const token = value.trim()
  return /^[\x21-\x7e]+$/.test(token) ? E.right(token) : E.left({ _tag: 'MalformedToken' })
}
