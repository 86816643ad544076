import { randomFillSync } from 'node:crypto'

const stock = Buffer.alloc(8192)
let used = stock.length

/**
 * Random bytes of the runtime's cryptographic generator, which is asked for many at a time.
 *
 * @param length in bytes, at most the stock's.
 * @returns a copy: what was given out is wiped from the stock.
 */
export const randomBytesInStock = (length: number): Buffer => {
  if (used + length > stock.length) {
    randomFillSync(stock)
    used = 0
  }
  const taken = Buffer.from(stock.subarray(used, used + length))
  stock.fill(0, used, used + length)
  used += length
  return taken
}
