import { describe, expect, it } from 'vitest'
import { allPaths } from './support/all-commands.js'
import { lethe } from './support/fake-io.js'

const nowhere = 'http://127.0.0.1:9'
const withoutToken = { env: { LETHE_TOKEN: '' } }

describe('help', () => {
  it.each(allPaths)('of lethe %s has an example, and needs nothing', async command => {
    const words = command.split(' ').filter(word => word !== '')
    const { code, stdout, stderr } = await lethe(nowhere, [...words, '--help'], withoutToken)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('Usage: lethe')
    expect(stdout).toMatch(/\nExamples?:\n {2}\$ lethe /)
  })

  it('is a command too', async () => {
    expect(await lethe(nowhere, ['help', 'remove'])).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('the help', () => {
  it.each(['profiles list', 'requests list'])('of %s says what needs the whole list', async command => {
    const { stdout } = await lethe(nowhere, [...command.split(' '), '--help'], withoutToken)
    expect(stdout).toContain('Only --query needs the whole list')
    expect(stdout).toContain('a JSON array is left open')
  })

  it('of requests watch says how it ends, and with which exit codes', async () => {
    const { stdout } = await lethe(nowhere, ['requests', 'watch', '--help'], withoutToken)
    expect(stdout).toContain('until Ctrl-C or SIGTERM, which is the way to end it: the exit code is 0')
    expect(stdout).toContain(
      '0 completed   1 failed   3 there is none   6 denied, withdrawn, abandoned or expired   130',
    )
  })

  it.each(allPaths)('of lethe %s is no wider than 100 columns', async command => {
    const words = command.split(' ').filter(word => word !== '')
    const { stdout } = await lethe(nowhere, [...words, '--help'], withoutToken)
    expect(stdout.split('\n').filter(line => line.length > 100 && !line.startsWith('  $'))).toEqual([])
  })

  it('of lethe itself has the table of exit codes', async () => {
    const { stdout } = await lethe(nowhere, ['--help'], withoutToken)
    const table = stdout.slice(stdout.indexOf('Exit codes:'))
    for (const code of [0, 1, 2, 3, 4, 5, 6, 7, 130])
      expect(table).toMatch(new RegExp(`(?:^| )${code} `, 'm'))
  })
})

describe('version', () => {
  it.each([['version'], ['--version'], ['-V']])('%s prints the version, without a token', async word => {
    expect(await lethe(nowhere, [word], withoutToken)).toEqual({
      code: 0,
      stdout: '0.1.0\n',
      stderr: '',
      slept: [],
    })
  })
})

describe('mistakes in the command line', () => {
  it.each([
    [''],
    ['profiles'],
    ['requests'],
    ['forget'],
    ['requests forget'],
    ['remove'],
    ['requests show'],
    ['whoami --nonsense'],
    ['whoami too many'],
    ['whoami -o yaml'],
    ['whoami --query'],
    ['requests show a b'],
  ])('lethe %s ends with 2 and says so on stderr alone', async line => {
    const words = line.split(' ').filter(word => word !== '')
    const { code, stdout, stderr } = await lethe(nowhere, words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).not.toBe('')
    expect(stderr).not.toContain('error:')
  })

  it('are found before the token is missed', async () => {
    expect(await lethe(nowhere, ['requests', 'show', 'x'], withoutToken)).toMatchObject({ code: 2 })
  })
})
