import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startLethe } from './support/child.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { bobId, profile, requestId } from './support/samples.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
})
afterEach(() => api.close())

const start = (argv: ReadonlyArray<string>, nodeOptions: ReadonlyArray<string> = []) =>
  startLethe(api.url, argv, nodeOptions)

describe('bin/lethe.js', () => {
  it('prints the version', async () => {
    expect(await start(['version']).ended).toMatchObject({ code: 0, stdout: '0.1.0\n', stderr: '' })
  })

  it('prints results on stdout, and ends by itself', async () => {
    const { code, stdout, stderr } = await start(['whoami', '-o', 'json']).ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'workAccount' })
  })

  it('ends with the exit code of a refusal', async () => {
    const { code, stdout, stderr } = await start(['requests', 'show', requestId(9)]).ended
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(/^lethe: Resource /)
  })

  it('asks nothing where there is no terminal', async () => {
    const { child, ended } = start(['remove', bobId])
    child.stdin.end('y\n')
    expect(await ended).toMatchObject({ code: 2, stdout: '' })
    expect(api.received).toEqual([])
  })

  it('ends quietly where nobody reads its output any more', async () => {
    api.profiles = Array.from({ length: 2000 }, () => profile())
    const { child, ended, output } = start(['profiles', 'list', '-o', 'csv'])
    await expect.poll(() => output.stdout).not.toBe('')
    child.stdout.destroy()
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
    expect(api.received.length).toBeLessThan(1000)
  })

  it('ends with 130 on Ctrl-C while it waits, and says what goes on', async () => {
    const { child, ended } = start(['remove', bobId, '--force', '--wait'])
    await expect.poll(() => api.received.map(({ method }) => method)).toContain('GET')
    child.kill('SIGINT')
    const { code, stdout, stderr } = await ended
    expect(code).toBe(130)
    expect(stdout).toContain(requestId(1))
    expect(stderr).toContain(`these requests go on without this command: ${requestId(1)}`)
  })

  it.each(['20.19.0', '22.0.0'])('says that Node is too old where it is %s', async version => {
    const old = `data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"${version}"}})`
    const { code, stdout, stderr } = await start(['version'], ['--import', old]).ended
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(`lethe: Node 22.1 or newer is needed; this is Node ${version}.\n`)
  })
})
