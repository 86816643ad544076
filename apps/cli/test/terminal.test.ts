import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorAnswer } from './support/answers.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe } from './support/fake-io.js'
import { bobId, profile, removalRequest, requestId } from './support/samples.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
})
afterEach(() => api.close())

// Everything but line ends and what can be seen.
const acting = /[^\P{C}\n]|[\u2028\u2029]/u
const hostile = 'Bob\u001B[2J\u001B]0;owned\u0007\u009B31m\u007F\r\n\u202Eevil\u2066\u2028'

describe('characters that act on a terminal', () => {
  it.each(['text', 'json', 'csv', 'md'])('are written out in %s', async format => {
    api.profiles = [profile({ displayName: hostile, userPrincipalName: hostile })]
    for (const argv of [
      ['profiles', 'list'],
      ['profiles', 'show', bobId],
    ]) {
      const { code, stdout } = await lethe(api.url, [...argv, '-o', format], { stdoutIsTerminal: false })
      expect(code).toBe(0)
      expect(stdout.replaceAll('\r\n', '\n')).not.toMatch(acting)
    }
  })

  it('are still the same in JSON', async () => {
    api.profiles = [profile({ displayName: hostile })]
    const { stdout } = await lethe(api.url, ['profiles', 'show', bobId, '-o', 'json'])
    expect(JSON.parse(stdout)).toMatchObject({ displayName: hostile })
  })

  it('are written out after a query, in values and in names', async () => {
    api.profiles = [profile({ displayName: hostile })]
    const value = await lethe(api.url, ['profiles', 'show', bobId, '--query', 'displayName'])
    const name = await lethe(api.url, ['profiles', 'list', '--query', String.raw`[].{"a\u001bb": userId}`])
    expect(value.stdout).toContain(String.raw`Bob\x1b[2J`)
    expect(value.stdout).not.toMatch(acting)
    expect(name.stdout).toContain(String.raw`a\x1bb`)
    expect(name.stdout).not.toMatch(acting)
  })

  it("are written out in the server's messages", async () => {
    api.instead = () => errorAnswer({ status: 409, code: 'Con\u001B[2Jflict', message: hostile })
    const { code, stderr } = await lethe(api.url, ['requests', 'retry', requestId(1)])
    expect(code).toBe(1)
    expect(stderr).toContain(String.raw`Bob\x1b[2J`)
    expect(stderr).not.toMatch(acting)
  })
})

describe('colours', () => {
  const coloured = new RegExp(String.raw`${String.fromCodePoint(27)}\[\d+m`, 'u')

  it('are there on a terminal', async () => {
    const { stdout } = await lethe(api.url, ['requests', 'list'], { stdoutIsTerminal: true })
    expect(stdout).toMatch(coloured)
  })

  it('do not shift the columns', async () => {
    api.requests = [removalRequest(), removalRequest({ id: requestId(2), state: 'failed' })]
    const plain = await lethe(api.url, ['requests', 'list'])
    const painted = await lethe(api.url, ['requests', 'list'], { stdoutIsTerminal: true })
    expect(painted.stdout.replaceAll(new RegExp(coloured, 'gu'), '')).toBe(plain.stdout)
  })

  it.each([
    ['without a terminal', { stdoutIsTerminal: false }],
    ['with NO_COLOR', { stdoutIsTerminal: true, env: { NO_COLOR: '1' } }],
  ])('are not there %s', async (_, world) => {
    const { stdout } = await lethe(api.url, ['requests', 'list'], world)
    expect(stdout).not.toMatch(coloured)
  })

  it('are for text only', async () => {
    const { stdout } = await lethe(api.url, ['requests', 'list', '-o', 'json'], { stdoutIsTerminal: true })
    expect(stdout).not.toMatch(coloured)
  })
})

describe('a disk that is full', () => {
  it('ends the reading of pages, and what is written is not taken for the whole', async () => {
    api.profiles = Array.from({ length: 9 }, () => profile())
    const ran = await lethe(api.url, ['profiles', 'list', '-o', 'csv'], { stdoutFailsAfter: 1 })
    expect(ran).toMatchObject({
      code: 1,
      stderr: 'lethe: The output is not whole: it cannot be written (the disk is full: ENOSPC).\n',
    })
    expect(api.received).toHaveLength(2)
  })

  it.each([['version'], ['--help'], ['completion', 'bash'], ['whoami']])('fails %s', async (...argv) => {
    const ran = await lethe(api.url, argv, { stdoutFailsAfter: 0 })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('The output is not whole')
  })
})

describe('a reader that has enough', () => {
  it('ends the reading of pages quietly', async () => {
    api.profiles = Array.from({ length: 9 }, () => profile())
    const ran = await lethe(api.url, ['profiles', 'list', '-o', 'csv'], { stdoutClosesAfter: 1 })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(api.received).toHaveLength(2)
  })
})
