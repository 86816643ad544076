import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { commandIn, usage } from '../src/command.js'
import { servesIn, worksIn } from '../src/role.js'
import { contoso } from './making/places.js'

describe('the arguments', () => {
  test.each([
    [[], 'both'],
    [['--role', 'both'], 'both'],
    [['--role', 'api'], 'api'],
    [['--role=api'], 'api'],
    [['--role', 'worker'], 'worker'],
    [['--role=worker'], 'worker'],
  ])('%j serve in the role %s', (args, role) => {
    expect(commandIn(args)).toStrictEqual(E.right({ kind: 'serve', role }))
  })

  test.each([[['migrate']], [['--', 'migrate']]])('%j migrate', args => {
    expect(commandIn(args)).toStrictEqual(E.right({ kind: 'migrate' }))
  })

  test.each([
    [['check'], null, false, false],
    [['check', '--seal'], null, true, false],
    [['check', '--tenant', contoso, '--rebuild'], contoso, false, true],
  ])('%j check', (args, tenantId, seal, rebuild) => {
    expect(commandIn(args)).toStrictEqual(E.right({ kind: 'check', tenantId, seal, rebuild }))
  })

  test.each([
    [['--help']],
    [['-h']],
    [['--help', 'migrate']],
    [['migrate', '--help']],
    [['--role', 'api', '--help']],
  ])('%j ask for help', args => {
    expect(commandIn(args)).toStrictEqual(E.right({ kind: 'help' }))
  })

  test.each([
    [['--role']],
    [['--role', '']],
    [['--role=']],
    [['--role', 'hunter2']],
    [['--role', 'API']],
    [['--role', ' api']],
    [['--role', 'api,worker']],
    [['--role', 'toString']],
    [['--role', '--help']],
    [['--hunter2']],
    [['--help=hunter2']],
    [['--roles', 'api']],
    [['-r', 'api']],
    [['hunter2']],
    [['api']],
    [['worker']],
    [['serve']],
    [['']],
    [['Migrate']],
    [['mig', 'rate']],
    [['migrate', '--role', 'both']],
    [['--role', 'api', 'migrate']],
    [['migrate', 'migrate']],
    [['migrate', 'hunter2']],
    [['migrate', '--force']],
    [['migrate', '--seal']],
    [['--rebuild']],
    [['check', '--role', 'api']],
    [['check', '--tenant']],
    [['check', '--tenant', 'hunter2']],
    [['check', 'hunter2']],
    [['--role', 'api', 'worker']],
    [['--role', 'api', '--role', 'worker']],
  ])('%j are refused, and not repeated', args => {
    expect(commandIn(args)).toStrictEqual(
      E.left({
        _tag: 'BadConfig',
        mistakes: [
          'expected the arguments: migrate; check with --tenant and a tenant id, --seal, --rebuild; or --role with api, worker or both',
        ],
      }),
    )
  })

  test('are all in the usage', () => {
    for (const word of ['lethe-api', '--role', 'api|worker|both', 'migrate', 'check'])
      expect(usage).toContain(word)
  })
})

test.each([
  ['api', true, false],
  ['worker', false, true],
  ['both', true, true],
] as const)('the role %s serves: %s, and works: %s', (role, serves, works) => {
  expect([servesIn(role), worksIn(role)]).toEqual([serves, works])
})
