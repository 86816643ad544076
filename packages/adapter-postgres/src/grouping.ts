import DataLoader from 'dataloader'

/** How items are put together. */
export interface Grouping {
  /** How many groups are under way at a time; while all are, further items wait and gather. */
  readonly lanes: number
  /** How many items a group has at most. */
  readonly most: number
}

/**
 * Does together what is asked for at the same time: under load each commit carries many items, and alone an item waits for
 * nobody.
 *
 * @param run does a group; gives for each item its result, or the error of that one item alone.
 */
const grouped = <Item, Result>(
  { lanes, most }: Grouping,
  run: (items: ReadonlyArray<Item>) => Promise<ReadonlyArray<Result | Error>>,
): ((item: Item) => Promise<Result>) => {
  const waiting: Array<() => void> = []
  let underWay = 0
  let awaitingTurn = false

  const mayStart = (): boolean => underWay < lanes

  const startNext = (): void => {
    const dispatch = waiting.shift()
    if (dispatch === undefined) return
    underWay += 1
    dispatch()
  }

  const next = (): void => {
    // A group that another one follows is full.
    while (mayStart() && waiting.length > 1) startNext()
    if (!mayStart() || waiting.length === 0 || awaitingTurn) return
    awaitingTurn = true
    // The last one goes after everything that arrived in the same turn of the event loop.
    setImmediate(() => {
      awaitingTurn = false
      if (mayStart()) startNext()
    })
  }

  const loader = new DataLoader<Item, Result>(
    async items => {
      try {
        return await run(items)
      } finally {
        underWay -= 1
        next()
      }
    },
    {
      cache: false,
      maxBatchSize: most,
      batchScheduleFn: dispatch => {
        waiting.push(dispatch)
        next()
      },
    },
  )
  return item => loader.load(item)
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
