import type { FileHandle } from 'node:fs/promises'

/** More than any entry has. Without an end a single line could fill the memory. */
const mostBytes = 1_048_576

const lineEnd = 0x0a

/** A part of a file: a line without its end, or what comes after the last line end. */
export type StoredPart =
  | { readonly kind: 'line'; readonly text: string; readonly bytes: number }
  | { readonly kind: 'unfinished'; readonly content: Buffer }
  /** A line that is longer than any entry; nothing is read after it. */
  | { readonly kind: 'endless' }

/** Reads a file line by line, and keeps nothing of it. */
export const storedParts = async function* (file: FileHandle): AsyncGenerator<StoredPart, void> {
  let rest = Buffer.alloc(0)
  for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 65_536 })) {
    if (!Buffer.isBuffer(chunk)) continue
    const all = Buffer.concat([rest, chunk])
    let from = 0
    for (let to = all.indexOf(lineEnd); to !== -1; to = all.indexOf(lineEnd, from)) {
      yield { kind: 'line', text: all.toString('utf8', from, to), bytes: to + 1 - from }
      from = to + 1
    }
    rest = all.subarray(from)
    if (rest.length > mostBytes) {
      yield { kind: 'endless' }
      return
    }
  }
  if (rest.length > 0) yield { kind: 'unfinished', content: rest }
}
