import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { parsedJson } from '../parsed-json.js'

const Wanted = t.union([
  t.null,
  t.exact(t.partial({ essential: t.boolean, value: t.string, values: t.readonlyArray(t.string) })),
])

/** What a token must say. Source: OpenID Connect Core 1.0, 5.5; Microsoft Entra, claims challenges. */
const ClaimsRequest = t.strict({ access_token: t.record(t.string, Wanted) }, 'ClaimsRequest')
export type ClaimsRequest = t.TypeOf<typeof ClaimsRequest>

/** Claims whose values a client may ask for, here: authentication contexts, and what the client is capable of. */
const grantable = ['acrs', 'xms_cc'] as const

/** MSAL may ask something of the id token alone. */
const AnyClaimsRequest = t.exact(t.partial({ access_token: ClaimsRequest.type.props.access_token }))

/** @returns what a text, as JSON, asks of the access token. */
export const parseClaimsRequest = (text: string): E.Either<t.Errors, ClaimsRequest> =>
  pipe(
    AnyClaimsRequest.decode(parsedJson(text)),
    E.map(({ access_token = {} }) => ({ access_token })),
  )

/** The claims that a token gets because they were asked for. */
export const claimsGranted = ({ access_token: wanted }: ClaimsRequest): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    grantable
      .map(name => [name, valuesOf(wanted[name] ?? null)] as const)
      .filter(([, values]) => values.length > 0),
  )

/** Whether a token says all that is asked of it. */
export const satisfies = (
  { access_token: wanted }: ClaimsRequest,
  claims: Readonly<Record<string, unknown>>,
): boolean =>
  Object.entries(wanted).every(([name, want]) => {
    const values = valuesOf(want)
    return values.length === 0
      ? claims[name] !== undefined
      : values.some(value => textsOf(claims[name]).includes(value))
  })

const valuesOf = (want: t.TypeOf<typeof Wanted>): ReadonlyArray<string> => [
  ...(want?.value === undefined ? [] : [want.value]),
  ...(want?.values ?? []),
]

const textsOf = (claim: unknown): ReadonlyArray<string> =>
  pipe(
    t.readonlyArray(t.string).decode(Array.isArray(claim) ? claim : [claim]),
    E.getOrElse((): ReadonlyArray<string> => []),
  )
