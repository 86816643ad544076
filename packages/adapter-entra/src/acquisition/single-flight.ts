/** Lets callers who ask for the same thing at the same time share one answer. */
export type SingleFlight<A> = (key: string, ask: () => Promise<A>) => Promise<A>

export const singleFlight = <A>(): SingleFlight<A> => {
  const pending = new Map<string, Promise<A>>()
  return (key, ask) => {
    const shared = pending.get(key)
    if (shared !== undefined) return shared
    const asked = ask().finally(() => pending.delete(key))
    pending.set(key, asked)
    return asked
  }
}
