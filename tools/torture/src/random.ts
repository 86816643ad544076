import { createHash } from 'node:crypto'

/** Chance, all of it drawn from one text: the same text gives the same draws, in the same order. */
export interface Random {
  /** A whole number from 0 on, below the limit. */
  readonly below: (limit: number) => number
  /** A whole number, both ends included. */
  readonly between: (least: number, most: number) => number
  /** Whether something happens that does so with a probability from 0 to 1. */
  readonly chance: (probability: number) => boolean
  /** One of a list that holds something. */
  readonly pick: <A>(list: ReadonlyArray<A>) => A
  /** One of a list, each as often as its weight says. */
  readonly weighted: <A>(list: ReadonlyArray<readonly [number, A]>) => A
  /** The same things in another order. */
  readonly shuffled: <A>(list: ReadonlyArray<A>) => ReadonlyArray<A>
  /** A GUID in lower case. */
  readonly guid: () => string
}

/** @param text anything; texts that differ a little give draws that have nothing to do with each other. */
export const randomFrom = (text: string): Random => {
  let count = 0
  let left: ReadonlyArray<number> = []
  const next = (): number => {
    if (left.length === 0) {
      const bytes = createHash('sha256').update(`${text}/${count}`).digest()
      count += 1
      left = [0, 4, 8, 12, 16, 20, 24, 28].map(offset => bytes.readUInt32LE(offset))
    }
    const [first = 0, ...rest] = left
    left = rest
    return first / 4_294_967_296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: probability => next() < probability,
    pick: list => memberAt(list, below(list.length)),
    weighted: list => {
      let rest = next() * list.reduce((sum, [weight]) => sum + weight, 0)
      const index = list.findIndex(([weight]) => {
        rest -= weight
        return rest < 0
      })
      return memberAt(list, Math.max(index, 0))[1]
    },
    shuffled: list =>
      list
        .map(member => [next(), member] as const)
        .toSorted(([one], [other]) => one - other)
        .map(([, member]) => member),
    guid: () => {
      const hex = Array.from({ length: 32 }, () => below(16).toString(16)).join('')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
    },
  }
}

const memberAt = <A>(list: ReadonlyArray<A>, index: number): A => {
  const [member] = list.slice(index, index + 1)
  if (member === undefined) throw new Error('There is nothing to pick from')
  return member
}
