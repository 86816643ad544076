import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { progressLine, progressOf } from '../src/bulk/progress.js'
import { startBulkServer } from './support/bulk-server.js'
import { lethe } from './support/fake-io.js'

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

  it('counts what was done in this run for its rate, and all of it for the bar', () => {
    let now = 0
    const progress = progressOf(100, 20, () => now)
    now = 250
    progress.advance(5)

    expect(progress.line()).toBe('[======                  ] 25 %  25 of 100  20/s  4 s left')
  })
})

describe('a long run on a terminal', () => {
  it('shows its progress, and takes it away before anything else is written', async () => {
    const server = await startBulkServer()
    const folder = await mkdtemp(join(tmpdir(), 'lethe-progress-'))
    const path = join(folder, 'people.csv')
    await writeFile(
      path,
      Array.from({ length: 60 }, (_, n) => `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, '0')}`).join(
        '\n',
      ),
    )
    let act = (): void => undefined
    server.batchInstead = () => {
      for (let ticks = 0; ticks < 12; ticks += 1) act()
      return null
    }
    const { code, stderr } = await lethe(server.url, ['remove', '--file', path, '--force'], {
      stderrIsTerminal: true,
      tick: draw => {
        act = draw
        return () => undefined
      },
    })
    await server.close()
    await rm(folder, { recursive: true })

    expect(code).toBe(0)
    expect(stderr).toMatch(/\[ {24}\] 0 % {2}0 of 60/)
    expect(stderr.slice(stderr.lastIndexOf('\r'))).not.toContain('of 60')
  })
})
