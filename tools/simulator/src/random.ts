/** Chance, all of it drawn from one seed: the same seed gives the same draws, in the same order. */
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
  /** So many digits of hexadecimal, in lower case. */
  readonly hex: (digits: number) => string
}

/** @param seed any whole number. */
export const randomFrom = (seed: number): Random => {
  const next = smallFastCounting(seed)
  const fraction = (): number => next() / 4_294_967_296
  const below = (limit: number): number => Math.floor(fraction() * limit)
  const hex = (digits: number): string => {
    let text = ''
    while (text.length < digits) text += next().toString(16).padStart(8, '0')
    return text.slice(0, digits)
  }
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    // Drawn only where it can make a difference: a world without faults draws none.
    chance: probability => probability > 0 && fraction() < probability,
    pick: list => memberAt(list, below(list.length)),
    weighted: list => {
      let left = fraction() * list.reduce((sum, [weight]) => sum + weight, 0)
      const index = list.findIndex(([weight]) => {
        left -= weight
        return left < 0
      })
      return memberAt(list, Math.max(index, 0))[1]
    },
    hex,
  }
}

const memberAt = <A>(list: ReadonlyArray<A>, index: number): A => {
  const [member] = list.slice(index, index + 1)
  if (member === undefined) throw new Error('There is nothing to pick from')
  return member
}

/** The generator sfc32 of PractRand: 32 bits at a time. Not for secrets. */
const smallFastCounting = (seed: number): (() => number) => {
  let [a, b, c, counter] = [seed >>> 0, Math.floor(seed / 4_294_967_296) >>> 0, 0x9e3779b9, 1]
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  // Seeds that are close to each other are far apart after so many rounds.
  for (let round = 0; round < 16; round += 1) next()
  return next
}
