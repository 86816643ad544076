import type { Hook } from './ports-under-hook.js'

/** Work that goes on only when it is told to, one call of a port at a time. */
export interface Stepped<A> {
  /** Lets it make its next call and come to the one after; tells whether there was one. */
  readonly step: () => Promise<boolean>
  /** Lets it go on to its end. */
  readonly finish: () => Promise<A>
}

export const stepped = <A>(task: (hook: Hook) => Promise<A>): Stepped<A> => {
  let arrival = Promise.withResolvers<'atCall' | 'ended'>()
  let go: () => void = () => undefined

  const outcome = task(async call => {
    const turn = Promise.withResolvers<null>()
    go = () => turn.resolve(null)
    arrival.resolve('atCall')
    await turn.promise
    return call.run()
  })
  const ended = outcome.finally(() => arrival.resolve('ended'))

  const step = async (): Promise<boolean> => {
    if ((await arrival.promise) === 'ended') return false
    arrival = Promise.withResolvers()
    go()
    await arrival.promise
    return true
  }
  return {
    step,
    finish: async () => {
      while (await step());
      return ended
    },
  }
}

/** Lets two tasks take turns: so many calls of the first, so many of the second, and so on. */
export const takeTurns = async (
  first: Stepped<unknown>,
  second: Stepped<unknown>,
  turns: ReadonlyArray<number>,
): Promise<void> => {
  for (const [index, steps] of turns.entries()) {
    const whose = index % 2 === 0 ? first : second
    for (let taken = 0; taken < steps && (await whose.step()); taken += 1);
  }
}
