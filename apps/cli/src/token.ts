import { type Instant, instantFromMilliseconds, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { decodeJwt } from 'jose'
import type { SingleRefusal } from './refusal.js'

/** What a token says of itself. Only the server can tell whether it is true. */
export interface TokenSummary {
  readonly tenantId: TenantId | null
  readonly expires: Instant | null
}

const Claims = t.partial({ tid: t.unknown, exp: t.unknown })

/** Reads a token without checking it; nulls where it cannot be read. */
export const readToken = (token: string): TokenSummary =>
  pipe(
    E.tryCatch(
      () => decodeJwt(token),
      () => null,
    ),
    E.flatMap(claims => Claims.decode(claims)),
    E.match(
      () => ({ tenantId: null, expires: null }),
      ({ tid, exp }) => ({
        tenantId: TenantId.is(tid) ? tid : null,
        expires: typeof exp === 'number' ? instantFromMilliseconds(exp * 1000) : null,
      }),
    ),
  )

/** Reads LETHE_TOKEN as it can stand in a header. */
export const tokenOf = (value: string | undefined): E.Either<SingleRefusal, string> => {
  if (value === undefined || value === '') return E.left({ _tag: 'NoToken' })
  const token = value.trim()
  return /^[\x21-\x7e]+$/.test(token) ? E.right(token) : E.left({ _tag: 'MalformedToken' })
}
