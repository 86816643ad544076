import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { readOptions } from '../src/options.js'

describe('the options', () => {
  it.each([
    [[], { kind: 'range', from: 1, seeds: 10_000 }],
    [['--seeds', '500'], { kind: 'range', from: 1, seeds: 500 }],
    [['--seeds=500', '--from=20001'], { kind: 'range', from: 20_001, seeds: 500 }],
    [['--seed', '1234'], { kind: 'one', seed: 1234, traced: false }],
    [['--seed', '0', '--trace'], { kind: 'one', seed: 0, traced: true }],
    [['--help'], { kind: 'help' }],
  ])('are read from %j', (args, options) => {
    expect(readOptions(args)).toStrictEqual(E.right(options))
  })

  it.each([
    [['--seeds', '0'], ['--seeds: expected a whole number, 1 or more']],
    [['--seeds', 'many'], ['--seeds: expected a whole number, 1 or more']],
    [['--seeds', '1e3'], ['--seeds: expected a whole number, 1 or more']],
    [['--seeds', ''], ['--seeds: expected a whole number, 1 or more']],
    [['--from', '1.5'], ['--from: expected a whole number, 0 or more']],
    [['--seed', '12345678901234567890'], ['--seed: expected a whole number, 0 or more']],
    [
      ['--seeds', 'x', '--from', 'y'],
      ['--seeds: expected a whole number, 1 or more', '--from: expected a whole number, 0 or more'],
    ],
    [['--trace'], ['--trace: needs --seed, because it shows one seed only']],
    [['--seed', '1', '--seeds', '2'], ['--seed: is one seed alone, and goes without --seeds and --from']],
  ])('that are wrong are all named: %j', (args, mistakes) => {
    expect(readOptions(args)).toStrictEqual(E.left(mistakes))
  })

  it.each([[['--sedes', '5']], [['5']], [['--seeds']], [['--trace=yes', '--seed', '1']]])(
    'that are not known are refused: %j',
    args => {
      expect(E.isLeft(readOptions(args))).toBe(true)
    },
  )
})
