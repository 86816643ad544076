import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import { decodeJwt } from 'jose'

const CallerClaims = t.intersection([
  t.type({ tid: t.string }),
  t.partial({ oid: t.string }),
  // A challenge may ask for any claim.
  t.UnknownRecord,
])

/** Who seems to call. Good for choosing faults, and for nothing else: the token is not verified here. */
export interface UnverifiedCaller {
  readonly token: string
  readonly claims: t.TypeOf<typeof CallerClaims>
}

/** @param authorization the header of that name. */
export const unverifiedCaller = (authorization: string | undefined): O.Option<UnverifiedCaller> =>
  pipe(
    O.fromNullable(/^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]),
    O.flatMap(token =>
      pipe(
        O.tryCatch((): unknown => decodeJwt(token)),
        O.flatMap(claims => O.fromEither(CallerClaims.decode(claims))),
        O.map(claims => ({ token, claims })),
      ),
    ),
  )
