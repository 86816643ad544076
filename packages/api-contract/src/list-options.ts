import { BatchId, describeErrors, RemovalState, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { DateTime } from './date-time.js'

/** The most requests on one page. */
export const largestPage = 999
/** The most batches on one page: each of them is counted. */
const largestBatchPage = 100
/** How many are on one where nobody says. */
export const usualBatchPage = 20

const pageSize = (largest: number) =>
  new t.Type<number, string, unknown>(
    `a whole number from 1 to ${largest}`,
    (u): u is number => typeof u === 'number',
    (u, context) => {
      const size = typeof u === 'string' && /^[1-9]\d{0,2}$/.test(u) ? Number(u) : null
      return size === null || size > largest ? t.failure(u, context) : t.success(size)
    },
    String,
  )

const States = new t.Type<ReadonlyArray<RemovalState>, string, unknown>(
  'states of a removal request, joined by commas',
  (u): u is ReadonlyArray<RemovalState> => Array.isArray(u) && u.every(RemovalState.is),
  (u, context) => {
    const states = typeof u === 'string' ? u.split(',').map(state => state.trim()) : []
    return states.length > 0 && states.every(RemovalState.is) ? t.success(states) : t.failure(u, context)
  },
  states => states.join(','),
)

const SkipToken = t.refinement(t.string, token => token !== '', 'a token of @odata.nextLink')

/** A query option that is not taken, or not in that form. The message holds no value that was sent. */
export interface BadListOption {
  readonly message: string
}

const requestOptions = {
  state: States,
  userId: UserId,
  dueBefore: DateTime,
  batchId: BatchId,
  $top: pageSize(largestPage),
  $skiptoken: SkipToken,
}
const RequestListOptions = t.exact(t.partial(requestOptions), 'options')
/** The query options of `GET /lethe/v1/removalRequests`. */
export type RemovalRequestListOptions = t.TypeOf<typeof RequestListOptions>

const batchOptions = { state: States, $top: pageSize(largestBatchPage), $skiptoken: SkipToken }
const BatchListOptions = t.exact(t.partial(batchOptions), 'options')
/** The query options of `GET /lethe/v1/batches`: `state` is of those that have a request in one of these states. */
export type BatchListOptions = t.TypeOf<typeof BatchListOptions>

type Pairs = ReadonlyArray<readonly [string, string]>

/** Every option at most once, and none that is not known. */
const parsing =
  <A>(known: ReadonlyArray<string>, codec: t.Decoder<unknown, A>) =>
  (pairs: Pairs): E.Either<BadListOption, A> => {
    const names = pairs.map(([name]) => name)
    if (!names.every(name => known.includes(name)))
      return E.left({ message: `A query option is not supported. Supported are ${known.join(', ')}.` })
    if (new Set(names).size !== names.length) return E.left({ message: 'A query option is given twice.' })
    return pipe(
      codec.decode(Object.fromEntries(pairs)),
      E.mapLeft(errors => ({ message: `Malformed query option: ${describeErrors(errors).join('; ')}.` })),
    )
  }

/**
 * Reads the query options of the list of removal requests; every one at most once, and none that is not known.
 *
 * @param pairs decoded names and values, in the order of the URL.
 */
export const parseRemovalRequestListOptions = parsing(Object.keys(requestOptions), RequestListOptions)

/** Reads the query options of the list of batches, likewise. */
export const parseBatchListOptions = parsing(Object.keys(batchOptions), BatchListOptions)

/** The same options as decoded names and values, for a client or a link to the next page. */
export const writeRemovalRequestListOptions = (options: RemovalRequestListOptions): Pairs =>
  Object.entries(RequestListOptions.encode(options)).filter(isWritten)

/** The options of the list of batches, likewise. */
export const writeBatchListOptions = (options: BatchListOptions): Pairs =>
  Object.entries(BatchListOptions.encode(options)).filter(isWritten)

const isWritten = (pair: readonly [string, unknown]): pair is readonly [string, string] =>
  typeof pair[1] === 'string'
