import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'

/** A setting read from text, with what it should be as its name. */
export const setting = <A>(
  expected: string,
  read: (text: string) => E.Either<unknown, A>,
): t.Type<A, unknown, unknown> =>
  new t.Type<A, unknown, unknown>(
    expected,
    (_u): _u is A => false,
    (u, context) =>
      typeof u === 'string'
        ? pipe(
            read(u),
            E.orElse(() => t.failure<A>(u, context)),
          )
        : t.failure(u, context),
    t.identity,
  )

/** The same, for a setting that may be left out or empty. */
export const optional = <A, const B>(
  codec: t.Type<A, unknown, unknown>,
  otherwise: B,
): t.Type<A | B, unknown, unknown> =>
  new t.Type<A | B, unknown, unknown>(
    codec.name,
    (_u): _u is A | B => false,
    (u, context) => (u === undefined || u === '' ? t.success(otherwise) : codec.validate(u, context)),
    t.identity,
  )

export const either = <A>(value: A | null): E.Either<null, A> =>
  value === null ? E.left(null) : E.right(value)

const itemsOf = (text: string): ReadonlyArray<string> => text.split(/[\s,]+/).filter(item => item !== '')

export const listOf = <A>(expected: string, item: t.Type<A, string, unknown>) =>
  setting<ReadonlyArray<A>>(expected, text =>
    itemsOf(text).length === 0 ? E.left(null) : t.readonlyArray(item).decode(itemsOf(text)),
  )

export const wholeNumber = (expected: string, from: number, to: number) =>
  setting(expected, text => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : -1
    return either(number >= from && number <= to ? number : null)
  })

/** Text that can stand in the quotes of a response header (RFC 9110, 5.6.4). */
export const InHeader = t.refinement(
  t.string,
  text => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text),
  'visible ASCII',
)

export const urlOf = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null)

export const httpUrl = (expected: string) =>
  setting(expected, text => {
    const usable = URL.canParse(text) && InHeader.is(text) && /^https?:\/\/[^\s?#@]+$/i.test(text)
    return either(usable ? text.replace(/\/+$/, '') : null)
  })

export const trueOrFalse = setting('true or false', text =>
  either(text === 'true' ? true : text === 'false' ? false : null),
)

/** Whether a host is this machine, reached over no network. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
