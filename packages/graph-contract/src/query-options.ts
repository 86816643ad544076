import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { echo } from './errors.js'
import { parseFilter, type ProfileFilter, writeFilter } from './profile-filter.js'
import { profileProperties, ProfileProperty, propertyNamed } from './profile-property.js'

/** A name and a value of a query string, both percent-decoded. */
export type QueryPair = readonly [name: string, value: string]

/** The query options of one profile. */
export interface ProfileOptions {
  /** The selected properties, each once, in the order of the request; empty for all of them. */
  readonly select: ReadonlyArray<ProfileProperty>
}

/** The query options of the list of profiles. */
export interface ProfileListOptions extends ProfileOptions {
  readonly filter: ProfileFilter
  /** The size of a page, 1 to 999; null where the server may choose. */
  readonly top: number | null
  /** Opaque, never empty; null for the first page. */
  readonly skipToken: string | null
}

/** A query option that is not taken, not in that form, or twice. The message repeats no value that was sent. */
export interface BadQueryOption {
  readonly _tag: 'BadQueryOption'
  readonly message: string
}

/** The most profiles on one page. */
export const largestProfilePage = 999

/** What each option must be, in words for the caller. */
const expected = {
  $select: `a list of ${profileProperties.join(', ')}, separated by commas`,
  $filter:
    "conditions such as userId eq '…' on userId, homeTenantId (both GUIDs) or userPrincipalName, joined by and",
  $top: `a whole number from 1 to ${largestProfilePage}`,
  $skiptoken: 'the token of an @odata.nextLink',
}
type OptionName = keyof typeof expected

const isOptionName = (name: string): name is OptionName => Object.hasOwn(expected, name)

/** The option that a name means, in any case and with or without its `$` (OData 4.01 part 2, 5.1). */
const optionNamed = (name: string): OptionName | null => {
  const option = `$${name.toLowerCase().replace(/^\$/, '')}`
  return isOptionName(option) ? option : null
}

const badOption = (message: string): BadQueryOption => ({ _tag: 'BadQueryOption', message })

/** The name alone is repeated, and only one that looks like an option's: anything else may be data. */
const notSupported = (name: string): BadQueryOption =>
  badOption(
    /^\$?[A-Za-z]+$/.test(name)
      ? `The query option '${echo(name)}' is not supported.`
      : 'A query option is not supported.',
  )

type OptionValues = ReadonlyMap<OptionName, string>

/** Every option at most once, however it is spelt, and none that is not supported: nothing is silently ignored. */
const collectOptions =
  (supported: ReadonlyArray<OptionName>) =>
  (pairs: ReadonlyArray<QueryPair>): E.Either<BadQueryOption, OptionValues> => {
    const values = new Map<OptionName, string>()
    for (const [name, value] of pairs) {
      const option = optionNamed(name)
      if (option === null || !supported.includes(option)) return E.left(notSupported(name))
      if (values.has(option)) return E.left(badOption(`The query option ${option} is given more than once.`))
      values.set(option, value)
    }
    return E.right(values)
  }

const readOption = <A>(
  values: OptionValues,
  name: OptionName,
  parse: (value: string) => O.Option<A>,
  absent: A,
): E.Either<BadQueryOption, A> => {
  const value = values.get(name)
  return value === undefined
    ? E.right(absent)
    : pipe(
        parse(value),
        E.fromOption(() => badOption(`The query option ${name} must be ${expected[name]}.`)),
      )
}

const parseSelect = (value: string): O.Option<ReadonlyArray<ProfileProperty>> => {
  const names = [...new Set(value.split(',').map(name => propertyNamed(/^ *(\w+) *$/.exec(name)?.[1] ?? '')))]
  return names.every(ProfileProperty.is) ? O.some(names) : O.none
}

const parseTop = (value: string): O.Option<number> =>
  /^[1-9]\d{0,2}$/.test(value) ? O.some(Number(value)) : O.none

const parseSkipToken = (value: string): O.Option<string> => (value === '' ? O.none : O.some(value))

const noFilter: ProfileFilter = []
const allProperties: ReadonlyArray<ProfileProperty> = []

/**
 * Reads the query options of the list: `$select`, `$filter`, `$top`, `$skiptoken`, each at most once. As on Graph's beta
 * endpoint, their names and those of properties compare without case, and the `$` may be left out.
 *
 * @param pairs names and values in the order of the URL, percent-decoded.
 * @returns the options; `BadQueryOption` for the first that is unknown or repeated, and else for one that is malformed.
 */
export const parseProfileListOptions = (
  pairs: ReadonlyArray<QueryPair>,
): E.Either<BadQueryOption, ProfileListOptions> => {
  const values = collectOptions(['$select', '$filter', '$top', '$skiptoken'])(pairs)
  if (E.isLeft(values)) return values
  const select = readOption(values.right, '$select', parseSelect, allProperties)
  if (E.isLeft(select)) return select
  const filter = readOption(values.right, '$filter', parseFilter, noFilter)
  if (E.isLeft(filter)) return filter
  const top = readOption<number | null>(values.right, '$top', parseTop, null)
  if (E.isLeft(top)) return top
  const skipToken = readOption<string | null>(values.right, '$skiptoken', parseSkipToken, null)
  if (E.isLeft(skipToken)) return skipToken
  return E.right({
    select: select.right,
    filter: filter.right,
    top: top.right,
    skipToken: skipToken.right,
  })
}

/** Reads the query options of one profile: `$select` alone. Otherwise as `parseProfileListOptions`. */
export const parseProfileOptions = (
  pairs: ReadonlyArray<QueryPair>,
): E.Either<BadQueryOption, ProfileOptions> =>
  pipe(
    collectOptions(['$select'])(pairs),
    E.flatMap(values => readOption(values, '$select', parseSelect, allProperties)),
    E.map(select => ({ select })),
  )

/** For an action, which takes no query option at all: `BadQueryOption` where there is one. */
export const parseNoOptions = (pairs: ReadonlyArray<QueryPair>): E.Either<BadQueryOption, void> =>
  pipe(
    collectOptions([])(pairs),
    E.map(() => undefined),
  )

/**
 * Writes query options: `parseProfileListOptions` reads the same from it.
 *
 * @returns names and values, not percent-encoded; what says nothing is left out.
 */
export const listQuery = ({
  select,
  filter,
  top,
  skipToken,
}: ProfileListOptions): ReadonlyArray<QueryPair> => {
  const pairs: ReadonlyArray<QueryPair> = [
    ['$select', select.join(',')],
    ['$filter', writeFilter(filter)],
    ['$top', top === null ? '' : String(top)],
    ['$skiptoken', skipToken ?? ''],
  ]
  return pairs.filter(([, value]) => value !== '')
}
