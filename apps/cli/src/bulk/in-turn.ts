/** What is done in turn, each thing once the one before is done. */
export interface InTurn<A, B> {
  readonly next: (input: A) => Promise<B>
  /** Once all that was asked for is done. */
  readonly settled: () => Promise<unknown>
}

/** Keeps the parts of a file whole that come side by side. @param act never rejects. */
export const inTurn = <A, B>(act: (input: A) => Promise<B>): InTurn<A, B> => {
  let last: Promise<unknown> = Promise.resolve()
  return {
    next: input => {
      const done = last.then(() => act(input))
      last = done
      return done
    },
    settled: () => last,
  }
}
