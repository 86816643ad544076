import type { RemovalRequestListOptions } from '@lethe/api-contract'
import { BatchId, RemovalState, UserId } from '@lethe/domain'
import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { type UsageMistake, usageMistake } from '../refusal.js'
import { readDateTime, readGuid } from './given-values.js'

/** The options that choose removal requests, as they were given. */
export const FilterOptions = t.partial({
  state: t.readonlyArray(t.string),
  user: t.string,
  dueBefore: t.string,
  batch: t.string,
})
type FilterOptions = t.TypeOf<typeof FilterOptions>

/** Which removal requests an operator means. */
export interface RequestFilter {
  /** Null for all. */
  readonly states: ReadonlyArray<RemovalState> | null
  /** The other conditions, as the list takes them. */
  readonly conditions: Pick<RemovalRequestListOptions, 'userId' | 'dueBefore' | 'batchId'>
}

const stateNames = Object.keys(RemovalState.keys).join(', ')

/** @param does what it does, in the words of the command. */
export const addStateOption = (command: Command, does: string): Command =>
  command.option(
    '--state <states>',
    `${does}, joined by commas or given again: ${stateNames}`,
    (value: string, before: ReadonlyArray<string> | undefined) => [...(before ?? []), value],
  )

/** @param state what `--state` does, in the words of the command. */
export const addFilterOptions = (command: Command, state: string): Command =>
  addStateOption(command, state)
    .option('--user <userId>', 'only for this person')
    .option('--batch <batchId>', 'only of this batch')
    .option(
      '--due-before <date-time>',
      'only those due before this date-time, or before this date begins in UTC',
    )

export const readFilter = (given: FilterOptions): E.Either<UsageMistake, RequestFilter> =>
  pipe(
    readStates(given.state),
    E.bindTo('states'),
    E.bind('userId', () => readGuid(UserId, '--user')(given.user)),
    E.bind('dueBefore', () => readDateTime('--due-before')(given.dueBefore)),
    E.bind('batchId', () => readGuid(BatchId, '--batch')(given.batch)),
    E.map(({ states, userId, dueBefore, batchId }) => ({
      states,
      conditions: {
        ...(userId === null ? {} : { userId }),
        ...(dueBefore === null ? {} : { dueBefore }),
        ...(batchId === null ? {} : { batchId }),
      },
    })),
  )

/** Reads `--state`; null where it is not given. */
export const readStates = (
  texts: ReadonlyArray<string> | undefined,
): E.Either<UsageMistake, ReadonlyArray<RemovalState> | null> =>
  texts === undefined
    ? E.right(null)
    : pipe(
        t
          .readonlyArray(RemovalState)
          .decode(texts.flatMap(text => text.split(',')).map(state => state.trim())),
        E.bimap(
          () => usageMistake(`--state takes one or more of ${stateNames}, joined by commas.`),
          states => [...new Set(states)],
        ),
      )
