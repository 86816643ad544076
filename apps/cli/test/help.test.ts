import { describe, expect, it } from 'vitest'
import { lethe } from './support/fake-io.js'

const nowhere = 'http://127.0.0.1:9'
const withoutToken = { env: { LETHE_TOKEN: '' } }

const commands = [
  '',
  'profiles',
  'profiles list',
  'profiles show',
  'remove',
  'requests',
  'requests list',
  'requests show',
  'requests history',
  'requests approve',
  'requests deny',
  'requests withdraw',
  'requests retry',
  'whoami',
  'version',
]

describe('help', () => {
  it.each(commands)('of lethe %s has an example, and needs nothing', async command => {
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
