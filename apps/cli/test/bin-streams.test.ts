import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { letheWithoutOutput, startLethe } from './support/child.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { requestId } from './support/samples.js'
import { change, shortOf, submitted } from './support/watching.js'

let api: FakeApi
let letGo: () => void
beforeEach(async () => {
  api = await startFakeApi()
  letGo = () => undefined
})
afterEach(() => {
  letGo()
  return api.close()
})

const start = (...argv: ReadonlyArray<string>) => startLethe(api.url, ['requests', ...argv])

/** The server keeps silent about the second page until it is let go. */
const holdSecondPage = (pages: number) => {
  const gate = new Promise<void>(resolve => {
    letGo = resolve
  })
  api.pageSize = 100
  api.requests = Array.from({ length: pages * 100 }, (_, n) => submitted(pages * 100 - n))
  api.instead = async ({ query }) => {
    if (query.get('$skiptoken') === '100') await gate
    return null
  }
}

describe('the list, as a process', () => {
  it.each(['text', 'json', 'csv', 'md'])(
    'shows the first page as %s while the second is made',
    async format => {
      holdSecondPage(3)
      const { output, ended } = start('list', '-o', format)
      await expect.poll(() => api.received.length).toBe(2)
      await expect.poll(() => output.stdout).toContain(requestId(201))
      expect(output.stdout).not.toContain(requestId(200))
      letGo()
      const { code, stdout } = await ended
      expect(code).toBe(0)
      expect(stdout).toContain(requestId(1))
    },
  )

  it('ends with 130 on Ctrl-C, without a stack trace, and leaves a JSON array open', async () => {
    holdSecondPage(3)
    const { child, output, ended } = start('list', '-o', 'json')
    await expect.poll(() => output.stdout).toContain(requestId(201))
    await expect.poll(() => api.received.length).toBe(2)
    child.kill('SIGINT')
    const { code, stdout, stderr } = await ended
    expect(code).toBe(130)
    expect(JSON.parse(`${stdout}]`)).toHaveLength(100)
    expect(stderr).toBe('lethe: the list is not whole: it breaks off after 100.\nlethe: Interrupted.\n')
  })

  it('ends quietly where nobody reads it any more', async () => {
    holdSecondPage(30)
    const { child, output, ended } = start('list', '-o', 'json')
    await expect.poll(() => output.stdout).toContain(requestId(2901))
    child.stdout.destroy()
    letGo()
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
    expect(api.received.length).toBeLessThan(20)
  })
})

it.each([['version'], ['requests', 'list'], ['--help']])(
  'fails %s, as a process, where its output cannot be written',
  async (...argv) => {
    const { code, stderr } = await letheWithoutOutput(api.url, argv)
    expect(code).toBe(1)
    expect(stderr).toContain('The output is not whole')
  },
)

describe('the watch, as a process', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('shows a change at once, and ends with 0 on %s', async signal => {
    api.requests = [submitted(1)]
    const { child, output, ended } = start('watch', '-o', 'json', '--interval', '1')
    await expect.poll(() => output.stderr).toContain('1 open request')
    change(api, 1, { state: 'approved' })
    await expect.poll(() => shortOf(output.stdout)).toEqual(['1 pendingApproval>approved'])
    child.kill(signal)
    const { code, stderr } = await ended
    expect(code).toBe(0)
    expect(stderr.split('\n')).toHaveLength(2)
  })

  it('ends while the server keeps silent', async () => {
    const gate = new Promise<null>(resolve => {
      letGo = () => resolve(null)
    })
    api.instead = () => gate
    const { child, ended } = start('watch')
    await expect.poll(() => api.received.length).toBe(1)
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })

  it.each([
    ['SIGINT', { code: 130, signal: null }],
    ['SIGTERM', { code: null, signal: 'SIGTERM' }],
  ] as const)('of one request does not end with 0 on %s', async (signal, expected) => {
    api.requests = [submitted(1)]
    const { child, output, ended } = start('watch', requestId(1), '-o', 'json')
    await expect.poll(() => shortOf(output.stdout)).toEqual(['1 present>pendingApproval'])
    child.kill(signal)
    expect(await ended).toMatchObject(expected)
  })

  it('ends quietly where nobody reads it any more', async () => {
    api.requests = [submitted(1)]
    const { child, output, ended } = start('watch', '--interval', '1')
    await expect.poll(() => output.stderr).toContain('1 open request')
    child.stdout.destroy()
    change(api, 1, { state: 'approved' })
    const { code, stderr } = await ended
    expect(code).toBe(0)
    expect(stderr.split('\n')).toHaveLength(2)
  })
})
