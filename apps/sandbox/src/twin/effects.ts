/** Knows which removals have taken effect, by the id of their request. */
export interface Effects {
  readonly note: (requestId: string) => void
  /** Waits for one, but not longer than that. */
  readonly awaited: (requestId: string, milliseconds: number) => Promise<void>
}

/** How many are remembered. */
const mostNoted = 10_000

export const createEffects = (): Effects => {
  const noted = new Set<string>()
  const waiting = new Map<string, Set<() => void>>()
  return {
    note: requestId => {
      noted.add(requestId)
      const [oldest] = noted
      if (noted.size > mostNoted && oldest !== undefined) noted.delete(oldest)
      for (const go of waiting.get(requestId) ?? []) go()
    },
    awaited: async (requestId, milliseconds) => {
      if (noted.has(requestId)) return
      const waiters = waiting.get(requestId) ?? new Set()
      waiting.set(requestId, waiters)
      await new Promise<void>(resolve => {
        const done = (): void => {
          clearTimeout(timer)
          waiters.delete(done)
          if (waiters.size === 0) waiting.delete(requestId)
          resolve()
        }
        const timer = setTimeout(done, milliseconds)
        waiters.add(done)
      })
    },
  }
}
