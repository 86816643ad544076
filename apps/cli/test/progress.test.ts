import { describe, expect, it } from 'vitest'
import { progressLine, progressOn } from '../src/bulk/progress.js'

const sinkOf = (isTerminal: boolean) => {
  const written: Array<string> = []
  return {
    written,
    sink: {
      isTerminal,
      write: (text: string) => {
        written.push(text)
        return Promise.resolve('written' as const)
      },
    },
  }
}

describe('the progress of a long run', () => {
  it.each<[string, string]>([
    [progressLine(250, 1000, 100), '[======                  ] 25 %  250 of 1,000  100/s  8 s left'],
    [progressLine(0, 10, Number.NaN), '[                        ] 0 %  0 of 10  0/s'],
    [
      progressLine(1_000_000, 1_000_000, 6000.4),
      `[${'='.repeat(24)}] 100 %  1,000,000 of 1,000,000  6,000/s  0 s left`,
    ],
    [progressLine(1, 60_001, 10), '[                        ] 0 %  1 of 60,001  10/s  1.7 h left'],
    [progressLine(1, 12_001, 10), '[                        ] 0 %  1 of 12,001  10/s  20 min left'],
    [progressLine(3456, null, 12), '3,456 ids  12/s'],
    [progressLine(0, 0, 0), `[${'='.repeat(24)}] 100 %  0 of 0  0/s`],
  ])('is %s', (line, expected) => {
    expect(line).toBe(expected)
  })

  it('is written over itself, a few times a second, and taken away', async () => {
    const { sink, written } = sinkOf(true)
    let now = 0
    const progress = progressOn(sink, 100, () => now, 20)
    for (let done = 21; done <= 40; done += 1) {
      now += 50
      await progress.show(done)
    }
    await progress.clear()
    await progress.clear()

    expect(written).toHaveLength(6)
    expect(written[1]).toBe('\r\u001B[K[======                  ] 25 %  25 of 100  20/s  4 s left')
    expect(written.at(-1)).toBe('\r\u001B[K')
  })

  it('is nothing where that is no terminal', async () => {
    const { sink, written } = sinkOf(false)
    const progress = progressOn(sink, 100, () => 0, 0)
    await progress.show(1)
    await progress.clear()

    expect(written).toEqual([])
  })
})
