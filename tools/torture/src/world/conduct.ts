import { randomFrom } from '../random.js'

/** How the holder behaves in one call to remove. */
type RemoveConduct = 'well' | 'slow' | 'busy' | 'lost' | 'lostBefore' | 'refused' | 'signedOut'
/** How it behaves when it is read. */
type ReadConduct = 'well' | 'stillThere' | 'busy' | 'lost' | 'cannotSay'

/** What the holder does next, from the seed, the person and how often it was asked: the same whoever asks, and when. */
export interface Conduct {
  readonly ofRemove: (person: string) => RemoveConduct
  readonly ofRead: (person: string) => ReadConduct
  /** Wants one of the next calls, of whomever, to go like this. */
  readonly insist: (conduct: RemoveConduct) => void
}

/** What is wanted again and again is not to be all that happens for long. */
const mostInsisted = 2

export const drawnConduct = (seed: number): Conduct => {
  const asked = new Map<string, number>()
  const insisted: Array<RemoveConduct> = []
  const countOf = (key: string): number => {
    const count = (asked.get(key) ?? 0) + 1
    asked.set(key, count)
    return count
  }
  return {
    ofRemove: person => {
      const count = countOf(`remove ${person}`)
      const wanted = insisted.shift()
      if (wanted !== undefined) return wanted
      return randomFrom(`remove ${seed} ${person} ${count}`).weighted<RemoveConduct>([
        [70, 'well'],
        [4, 'slow'],
        [8, 'busy'],
        [9, 'lost'],
        [3, 'lostBefore'],
        [count === 1 ? 3 : 0, 'refused'],
        [count === 1 ? 1 : 0, 'signedOut'],
      ])
    },
    ofRead: person => {
      const count = countOf(`read ${person}`)
      const random = randomFrom(`read ${seed} ${person}`)
      const cannotSay = random.chance(0.04)
      const readsUntilGone = random.chance(0.12) ? random.between(1, 3) : 0
      if (cannotSay) return 'cannotSay'
      if (count <= readsUntilGone) return 'stillThere'
      return randomFrom(`read ${seed} ${person} ${count}`).weighted<ReadConduct>([
        [88, 'well'],
        [7, 'busy'],
        [5, 'lost'],
      ])
    },
    insist: conduct => {
      if (insisted.length < mostInsisted) insisted.push(conduct)
    },
  }
}
