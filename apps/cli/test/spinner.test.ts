import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe, type World } from './support/fake-io.js'
import { bobId, removalRequest, requestId } from './support/samples.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
})
afterEach(() => api.close())

const erase = '\r\u001B[2K'

/** A terminal at which each answer of the server takes so many tenths of a second. */
const terminal = (tenths: number, over: World = {}) => {
  const ticking = new Set<() => void>()
  let started = 0
  const pass = (tenths: number) => {
    for (let n = 0; n < tenths; n += 1) for (const act of ticking) act()
  }
  const world: World = {
    stderrIsTerminal: true,
    tick: act => {
      started += 1
      ticking.add(act)
      return () => ticking.delete(act)
    },
    fetch: async (url, init) => {
      pass(tenths)
      return fetch(url, init)
    },
    ...over,
  }
  return { world, left: () => ticking.size, started: () => started, pass }
}

/** What stays on a terminal: of each line what was written since it was last erased. */
const staying = (written: string): string =>
  written
    .split('\n')
    .map(line => line.split(erase).at(-1))
    .join('\n')

describe('a spinner', () => {
  it('shows what takes longer than a second, and leaves nothing behind', async () => {
    const { world, left } = terminal(25)
    const { code, stderr } = await lethe(api.url, ['whoami'], world)
    expect(code).toBe(0)
    expect(stderr).toContain(`${erase}/ waiting for the server (2 s)`)
    expect(stderr.startsWith(erase)).toBe(true)
    expect(staying(stderr)).toBe('')
    expect(left()).toBe(0)
  })

  it('does not show what is quicker', async () => {
    const { world } = terminal(9)
    expect((await lethe(api.url, ['whoami'], world)).stderr).toBe('')
  })

  it('is gone before anything else is written', async () => {
    api.instead = () => ({ status: 404, body: {} })
    const { world } = terminal(15)
    const { code, stderr } = await lethe(api.url, ['requests', 'show', requestId(1)], world)
    expect(code).toBe(1)
    expect(staying(stderr)).toMatch(/^lethe: The server's answer [^\n]*\n$/)
  })

  it('leaves alone a line that is not ended', async () => {
    api.requests = [1, 2, 3].map(n => removalRequest({ id: requestId(n) }))
    const { world } = terminal(15, { stdoutIsTerminal: true })
    const { stdout, stderr } = await lethe(api.url, ['requests', 'list', '-o', 'json'], world)
    expect(JSON.parse(stdout)).toHaveLength(3)
    // The first page is waited for in the open, the second within the array.
    expect(stderr.match(/waiting/g)).toHaveLength(6)
  })

  it('shows after a question that was answered', async () => {
    const { world } = terminal(15, { stdinIsTerminal: true, types: 'y' })
    const { code, stderr } = await lethe(api.url, ['remove', bobId], world)
    expect(code).toBe(0)
    expect(stderr.split('[y/N] ')[1]).toContain('waiting for the server (1 s)')
  })

  it('says what is waited for with --wait', async () => {
    const { world, pass } = terminal(0)
    let looks = 0
    api.beforeRead = request => {
      looks += 1
      return looks < 3
        ? request
        : removalRequest({ ...request, state: 'completed', outcome: 'verifiedAbsent' })
    }
    const { code, stderr } = await lethe(api.url, ['remove', bobId, '--force', '--wait'], {
      ...world,
      whileAsleep: () => pass(12),
    })
    expect(code).toBe(0)
    expect(stderr).toContain(`${erase}/ waiting for 1 request to end (2 s)`)
    expect(stderr).not.toContain('waiting for the server')
    expect(staying(stderr)).toBe(
      `lethe: request ${requestId(1)} was open already, received 2026-11-23T09:00:00Z: joined.\nlethe: request ${requestId(1)}: completed\n`,
    )
  })

  it.each([
    ['in a pipe', { stderrIsTerminal: false }, []],
    ['with NO_COLOR', { env: { NO_COLOR: '1' } }, []],
    ['at a terminal that can do nothing', { env: { TERM: 'dumb' } }, []],
    ['in a pipeline', { env: { CI: 'true' } }, []],
    ['with --debug', {}, ['--debug']],
    ['with --verbose', {}, ['--verbose']],
  ])('is not there %s', async (_, over: World, argv: ReadonlyArray<string>) => {
    const { world, started } = terminal(30, over)
    const { stderr } = await lethe(api.url, ['whoami', ...argv], world)
    expect(stderr).not.toContain('\u001B')
    expect(started()).toBe(0)
  })
})
