/** Time that passes only when nothing is left to do at the present moment. */
export interface VirtualTime {
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Lets time pass until the work is done. */
  readonly runUntil: (done: () => boolean) => Promise<void>
}

interface Sleeper {
  readonly at: number
  readonly order: number
  readonly wake: () => void
}

/** A run that takes longer than an hour of its own time is stuck. */
const longestMs = 3_600_000

export const virtualTime = (): VirtualTime => {
  let now = 0
  let order = 0
  const heap: Array<Sleeper> = []

  const before = (one: Sleeper, other: Sleeper): boolean =>
    one.at < other.at || (one.at === other.at && one.order < other.order)

  const add = (sleeper: Sleeper): void => {
    let index = heap.push(sleeper) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const [one, other] = [heap[index], heap[parent]]
      if (one === undefined || other === undefined || !before(one, other)) return
      heap[index] = other
      heap[parent] = one
      index = parent
    }
  }

  const takeFirst = (): Sleeper | undefined => {
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    heap[0] = last
    let index = 0
    for (;;) {
      let least = index
      for (const child of [2 * index + 1, 2 * index + 2]) {
        const [one, other] = [heap[child], heap[least]]
        if (one !== undefined && other !== undefined && before(one, other)) least = child
      }
      if (least === index) return first
      const [one, other] = [heap[index], heap[least]]
      if (one === undefined || other === undefined) return first
      heap[index] = other
      heap[least] = one
      index = least
    }
  }

  return {
    now: () => now,
    sleep: milliseconds =>
      new Promise(wake => {
        order += 1
        add({ at: now + Math.max(milliseconds, 0), order, wake })
      }),
    runUntil: async done => {
      for (;;) {
        // Everything that promises still have to do happens before time goes on.
        await new Promise(resolve => {
          setImmediate(resolve)
        })
        if (done()) return
        if (now > longestMs) throw new Error('It takes too long')
        const next = takeFirst()
        if (next === undefined) throw new Error('Nothing is left to happen')
        now = Math.max(now, next.at)
        next.wake()
      }
    },
  }
}
