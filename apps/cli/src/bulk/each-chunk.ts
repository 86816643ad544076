import * as E from 'fp-ts/lib/Either.js'
import type { Io } from '../io.js'
import { interrupted, type SingleRefusal } from '../refusal.js'
import type { Row } from './read-rows.js'

/**
 * Takes rows in chunks, a few chunks side by side, and no more of them from the source than are worked on.
 *
 * @param work does a chunk; what it refuses ends the run, once the others are done.
 */
export const eachChunk = async (
  rows: AsyncIterator<E.Either<SingleRefusal, Row>>,
  { size, sideBySide }: { readonly size: number; readonly sideBySide: number },
  io: Pick<Io, 'interrupted'>,
  work: (chunk: ReadonlyArray<Row>) => Promise<E.Either<SingleRefusal, void>>,
): Promise<E.Either<SingleRefusal, void>> => {
  let refusal: SingleRefusal | null = null
  let taking: Promise<unknown> = Promise.resolve()

  const fill = async (): Promise<ReadonlyArray<Row>> => {
    const chunk: Array<Row> = []
    while (chunk.length < size && refusal === null && !io.interrupted.aborted) {
      const next = await rows.next()
      if (next.done === true) break
      if (E.isLeft(next.value)) refusal ??= next.value.left
      else chunk.push(next.value.right)
    }
    return chunk
  }
  /** One chunk is filled after the other, so that each is whole. */
  const take = async (): Promise<ReadonlyArray<Row>> => {
    const taken = taking.then(fill)
    taking = taken.catch(() => undefined)
    return taken
  }
  const worker = async (): Promise<void> => {
    for (let chunk = await take(); chunk.length > 0; chunk = await take()) {
      const done = await work(chunk)
      if (E.isLeft(done)) refusal ??= done.left
    }
  }

  await Promise.all(Array.from({ length: sideBySide }, worker))
  await rows.return?.()
  if (io.interrupted.aborted) return E.left(interrupted)
  return refusal === null ? E.right(undefined) : E.left(refusal)
}
