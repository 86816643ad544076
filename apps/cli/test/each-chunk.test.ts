import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { eachChunk } from '../src/bulk/each-chunk.js'
import type { Row } from '../src/bulk/read-rows.js'
import type { SingleRefusal } from '../src/refusal.js'

async function* rows(count: number, thenFails = false): AsyncGenerator<E.Either<SingleRefusal, Row>> {
  for (let number = 1; number <= count; number += 1) yield E.right({ number, cell: String(number) })
  if (thenFails) throw new Error('the disk is gone')
}

const io = { interrupted: new AbortController().signal }
const full: SingleRefusal = { _tag: 'FileUnusable', path: 'x', reason: 'ENOSPC' }
const four = { size: 2, sideBySide: 4 }

describe('chunks of rows', () => {
  it('are done side by side, each row once', async () => {
    const seen: Array<number> = []
    const ended = await eachChunk(
      rows(9),
      four,
      io,
      async chunk => {
        seen.push(...chunk.map(({ number }) => number))
        return E.right(undefined)
      },
      () => full,
    )

    expect(ended).toEqual(E.right(undefined))
    expect(seen.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('end with the first that is refused, or that breaks', async () => {
    for (const break_ of [false, true]) {
      let done = 0
      const ended = await eachChunk(
        rows(1000),
        four,
        io,
        async () => {
          done += 1
          if (done < 5) return E.right(undefined)
          if (break_) throw new Error('no space')
          return E.left(full)
        },
        () => full,
      )

      expect(ended).toEqual(E.left(full))
      expect(done).toBeLessThan(12)
    }
  })

  it('end where the rows cannot be read on', async () => {
    const ended = await eachChunk(
      rows(3, true),
      four,
      io,
      async () => E.right(undefined),
      () => full,
    )

    expect(ended).toEqual(E.left(full))
  })
})
