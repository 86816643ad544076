import { createHash } from 'node:crypto'

/** Draws numbers, each from 0 to less than 1. */
export type Chance = () => number

/** Numbers that look drawn and follow from a seed: the first 32 bits of a SHA-256 for each. */
export const seededChance = (seed: string): Chance => {
  let drawn = 0
  return () => {
    drawn += 1
    return createHash('sha256').update(`${seed}/${drawn}`).digest().readUInt32BE(0) / 2 ** 32
  }
}
