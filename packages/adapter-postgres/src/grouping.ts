import { Defect, NotNow } from './problems.js'

/** How items are put together. */
export interface Grouping {
  /** How many groups are under way at a time; while all are, further items wait and gather. */
  readonly lanes: number
  /** How many items a group has at most. */
  readonly most: number
  /** Throws where nothing is to be begun now: an item that comes then does not wait. */
  readonly admit: () => void
}

/** How many items of one key wait at most: some dozens of groups. */
const mostWaiting = 4096
/** How long an item waits for its turn at most. One that was refused is never done later. */
const waitMilliseconds = 5000

interface Waiting<Item, Result> {
  readonly item: Item
  readonly since: number
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Does together what is asked for at the same time: under load each commit carries many items, and alone an item waits for
 * nobody. Items wait in the order in which they came, not many and not for long: else they are refused with `NotNow`.
 *
 * @param run does a group; gives for each item its result, or the error of that one item alone.
 */
const grouped = <Item, Result>(
  { lanes, most, admit }: Grouping,
  run: (items: ReadonlyArray<Item>) => Promise<ReadonlyArray<Result | Error>>,
): ((item: Item) => Promise<Result>) => {
  const waiting: Array<Waiting<Item, Result>> = []
  let underWay = 0
  let awaitingTurn = false
  let patience: NodeJS.Timeout | null = null

  const settle = async (group: ReadonlyArray<Waiting<Item, Result>>): Promise<void> => {
    try {
      const results = await run(group.map(({ item }) => item))
      for (const [index, { resolve, reject }] of group.entries()) {
        const result = results[index]
        if (result === undefined) reject(new Defect('Each item of a group has a result'))
        else if (result instanceof Error) reject(result)
        else resolve(result)
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    } finally {
      underWay -= 1
      next()
    }
  }

  const startNext = (): void => {
    underWay += 1
    void settle(waiting.splice(0, most))
  }

  const mayStart = (): boolean => underWay < lanes

  const next = (): void => {
    while (mayStart() && waiting.length >= most) startNext()
    if (!mayStart() || waiting.length === 0 || awaitingTurn) return
    awaitingTurn = true
    // The last ones go after everything that arrived in the same turn of the event loop.
    setImmediate(() => {
      awaitingTurn = false
      if (mayStart() && waiting.length > 0) startNext()
    })
  }

  /** One timer for all: it is that of the first one, and the others came later. */
  const refuseLate = (): void => {
    patience = null
    const limit = performance.now() - waitMilliseconds
    const late = waiting.findIndex(({ since }) => since > limit)
    for (const { reject } of waiting.splice(0, late === -1 ? waiting.length : late))
      reject(new NotNow('waitedTooLong'))
    watchTime()
  }

  const watchTime = (): void => {
    const [first] = waiting
    if (first === undefined || patience !== null) return
    patience = setTimeout(refuseLate, first.since + waitMilliseconds - performance.now()).unref()
  }

  return item =>
    new Promise((resolve, reject) => {
      admit()
      if (waiting.length >= mostWaiting) throw new NotNow('tooManyWait')
      waiting.push({ item, since: performance.now(), resolve, reject })
      watchTime()
      next()
    })
}

/** The same for each key apart: what belongs to different keys is never done together. */
export const groupedBy = <Key, Item, Result>(
  grouping: Grouping,
  run: (key: Key) => (items: ReadonlyArray<Item>) => Promise<ReadonlyArray<Result | Error>>,
): ((key: Key) => (item: Item) => Promise<Result>) => {
  const groups = new Map<Key, (item: Item) => Promise<Result>>()
  return key => {
    const known = groups.get(key)
    if (known !== undefined) return known
    const added = grouped(grouping, run(key))
    groups.set(key, added)
    return added
  }
}
