import * as E from 'fp-ts/lib/Either.js'
import type { Io } from '../io.js'
import { interrupted, type SingleRefusal } from '../refusal.js'
import type { Row } from './read-rows.js'

/**
 * Takes rows in chunks, a few chunks side by side, and no more of them from the source than are worked on.
 *
 * @param work does a chunk; what it refuses ends the run, once the others are done.
 * @param broken what it means where the source fails.
 */
export const eachChunk = async (
  rows: AsyncIterator<E.Either<SingleRefusal, Row>>,
  { size, sideBySide }: { readonly size: number; readonly sideBySide: number },
  io: Pick<Io, 'interrupted'>,
  work: (chunk: ReadonlyArray<Row>) => Promise<E.Either<SingleRefusal, void>>,
  broken: (error: unknown) => SingleRefusal,
): Promise<E.Either<SingleRefusal, void>> => {
  let refusal: SingleRefusal | null = null
  let taking: Promise<unknown> = Promise.resolve()
  // A source that gives nothing more, such as a pipe that stays open, must not keep what has ended.
  let end = (): void => undefined
  const interrupt = (): void => end()
  io.interrupted.addEventListener('abort', interrupt)
  const refuse = (because: SingleRefusal): void => {
    refusal ??= because
    end()
  }

  const isOver = (): boolean => refusal !== null || io.interrupted.aborted

  /** A promise of its own for each row: one that lasts would keep what every row left with it. */
  const nextOrEnd = () =>
    new Promise<IteratorResult<E.Either<SingleRefusal, Row>>>((resolve, reject) => {
      end = () => resolve({ done: true, value: undefined })
      rows.next().then(resolve, reject)
    })

  const fill = async (): Promise<ReadonlyArray<Row>> => {
    const chunk: Array<Row> = []
    while (chunk.length < size && !isOver()) {
      const next = await nextOrEnd()
      if (next.done === true) break
      if (E.isLeft(next.value)) refuse(next.value.left)
      else chunk.push(next.value.right)
    }
    return isOver() ? [] : chunk
  }
  /** One chunk is filled after the other, so that each is whole. */
  const take = async (): Promise<ReadonlyArray<Row>> => {
    const taken = taking.then(fill)
    taking = taken.catch(() => undefined)
    return taken
  }
  const worker = async (): Promise<void> => {
    try {
      for (let chunk = await take(); chunk.length > 0; chunk = await take()) {
        const done = await work(chunk)
        if (E.isLeft(done)) refuse(done.left)
      }
    } catch (error) {
      refuse(broken(error))
    }
  }

  await Promise.all(Array.from({ length: sideBySide }, worker))
  io.interrupted.removeEventListener('abort', interrupt)
  if (io.interrupted.aborted) return E.left(interrupted)
  return refusal === null ? E.right(undefined) : E.left(refusal)
}
