import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { defaultBreakerLimits, defaultRetrying, defaultTimeLimits } from '../src/index.js'
import { endingsRows } from './making/endings-rows.js'

const readPage = async (): Promise<string> =>
  readFile(new URL('../../../docs/graph-endings.md', import.meta.url), 'utf8')

it('docs/graph-endings.md shows the table of endings as it is', async () => {
  const rows = (await readPage())
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim()),
    )

  expect(rows).toStrictEqual(endingsRows())
})

it('docs/graph-endings.md names the numbers as they are', async () => {
  const text = (await readPage()).replaceAll('\n', ' ')
  const seconds = (ms: number): number => ms / 1000

  for (const phrase of [
    `at most ${defaultRetrying.attempts} requests`,
    `within ${seconds(defaultTimeLimits.lookupMs)} seconds for a look-up`,
    `and ${seconds(defaultTimeLimits.readBackMs)} for a read-back`,
    `breaks after ${defaultBreakerLimits.failures} calls in a row`,
    `with one call after ${seconds(defaultBreakerLimits.firstOpenMs)} seconds`,
  ])
    expect(text).toContain(phrase)
  expect(defaultBreakerLimits.longestOpenMs).toBe(60_000)
  expect(text).toContain('and each minute')
})
