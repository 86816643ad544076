import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import type { Sink, Written } from './io.js'
import { type Json, toJson } from './json.js'
import { listForQuery, listInParts, type ListOutput, type Shown, type Write } from './list-output.js'
import { present, presentAny } from './present.js'
import { csvPresenter } from './presenters/csv.js'
import { jsonPresenter } from './presenters/json.js'
import { markdownPresenter } from './presenters/markdown.js'
import { nonePresenter } from './presenters/none.js'
import type { Presenter } from './presenters/presenter.js'
import { textPresenter } from './presenters/text.js'
import type { Query } from './query.js'
import { outputClosed, type SingleRefusal } from './refusal.js'
import type { Resource } from './resources/resource.js'
import { streamForQuery, type StreamOutput, streamOutput } from './stream-output.js'

export const OutputFormat = t.keyof({ text: null, json: null, csv: null, md: null, none: null })
export type OutputFormat = t.TypeOf<typeof OutputFormat>

/** Shows results on stdout. `OutputClosed` where nobody reads them any more, `OutputFailed` where they are not whole. */
export interface Output {
  readonly one: <A>(resource: Resource<A>, value: A) => Shown
  readonly list: <A>(resource: Resource<A>) => ListOutput<A>
  readonly stream: <A>(resource: Resource<A>) => StreamOutput<A>
  /** A result that is no resource. */
  readonly plain: (json: Json) => Shown
}

/** Writes to stdout, and tells what came of it as a command does. */
export const writing =
  (stdout: Sink): Write =>
  text =>
  async () =>
    text === '' ? E.right(undefined) : shown(await stdout.write(text))

const shown = (written: Written): E.Either<SingleRefusal, void> => {
  if (written === 'written') return E.right(undefined)
  return E.left(written === 'closed' ? outputClosed : { _tag: 'OutputFailed', reason: written.failed })
}

/** @param coloured whether text may have colours. */
export const createOutput = (
  stdout: Sink,
  format: OutputFormat,
  query: Query | null,
  coloured: boolean,
): Output => {
  const presenter = presenterOf(format, coloured)
  const write = writing(stdout)
  const queried = (json: Json): E.Either<SingleRefusal, Json> =>
    query === null ? E.right(json) : query(json)

  return {
    one: (resource, value) =>
      pipe(
        TE.fromEither(queried(toJson(resource.codec.encode(value)))),
        TE.flatMap(json => write(present(presenter, resource)(json))),
      ),
    plain: json =>
      pipe(
        TE.fromEither(queried(json)),
        TE.flatMap(result => write(presentAny(presenter)(result))),
      ),
    list: resource =>
      query === null
        ? listInParts(presenter, write, resource)
        : listForQuery(presenter, write, resource, query),
    stream: resource =>
      query === null
        ? streamOutput(presenter, write, resource)
        : streamForQuery(presenter, write, resource, query),
  }
}

const presenterOf = (format: OutputFormat, coloured: boolean): Presenter => {
  switch (format) {
    case 'text':
      return textPresenter(coloured)
    case 'json':
      return jsonPresenter
    case 'csv':
      return csvPresenter
    case 'md':
      return markdownPresenter
    case 'none':
      return nonePresenter
  }
}
