import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'

const seconds = t.union([t.number, t.string])

/**
 * RFC 6749 section 5.1. `refresh_in` is left out: past that time MSAL asks for a new token first, and where that fails it
 * would not give the one that is still good.
 */
const Granted = t.exact(
  t.intersection([
    t.type({ access_token: t.string, expires_in: seconds }),
    t.partial({
      token_type: t.string,
      scope: t.string,
      ext_expires_in: seconds,
      refresh_token: t.string,
      id_token: t.string,
      client_info: t.string,
    }),
  ]),
  'Granted',
)

/** RFC 6749 section 5.2. The description is left out: it may name people, and must reach no log. */
const Refused = t.exact(
  t.intersection([
    t.type({ error: t.string }),
    t.partial({ error_codes: t.array(t.number), suberror: t.string, claims: t.string }),
  ]),
  'Refused',
)

const JsonObject = t.UnknownRecord

/**
 * Reads what the token endpoint said, and keeps of it what is used.
 *
 * @param status 200, or 400 to 499.
 * @returns none where it is neither a token nor a refusal.
 */
export const tokenAnswerOf = (status: number, text: string): O.Option<object> =>
  pipe(
    jsonOf(text),
    O.flatMap((json): O.Option<object> =>
      status === 200 ? O.fromEither(Granted.decode(json)) : O.fromEither(Refused.decode(json)),
    ),
  )

/** Reads a document of the issuer, which MSAL looks into itself; none where it is no JSON object, or not found. */
export const documentOf = (status: number, text: string): O.Option<object> =>
  status === 200
    ? pipe(
        jsonOf(text),
        O.flatMap(json => O.fromEither(JsonObject.decode(json))),
      )
    : O.none

const jsonOf = (text: string): O.Option<unknown> => O.tryCatch((): unknown => JSON.parse(text))
