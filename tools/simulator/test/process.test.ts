import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

interface Ended {
  readonly code: number | string | null | undefined
  readonly out: string
  readonly err: string
}

/** Runs the built simulator to its end. */
const simulate = async (...args: ReadonlyArray<string>): Promise<Ended> =>
  new Promise(resolve => {
    execFile(process.execPath, [main, ...args], { maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : error.code, out, err })
    })
  })

/** What is the same in every run: the time that it took is not. */
const withoutTime = ({ out }: Ended): string => out.replace(/ [\d.]+ s:/, '')

describe('npm run simulate', () => {
  it('simulates every seed once, on however many processors there are', async () => {
    const [once, again] = await Promise.all([simulate('--seeds', '24'), simulate('--seeds', '24')])

    expect(once).toMatchObject({ code: 0 })
    expect(once.out).toMatch(/^24 seeds from 1 on, /)
    expect(withoutTime(again)).toBe(withoutTime(once))
  })

  it('replays one seed, step by step', async () => {
    const [once, again] = await Promise.all([
      simulate('--seed', '1234', '--trace'),
      simulate('--seed', '1234', '--trace'),
    ])

    expect(once).toMatchObject({ code: 0, err: '' })
    expect(once.out).toMatch(/^2026-03-02T09:00:\S+Z /)
    expect(again.out).toBe(once.out)
  })

  it('ends with 2 where the options are wrong', async () => {
    const { code, out, err } = await simulate('--seeds', 'many')

    expect({ code, out }).toStrictEqual({ code: 2, out: '' })
    expect(err).toMatch(/^The simulator cannot start:\n--seeds: expected a whole number, 1 or more\n/)
  })
})
