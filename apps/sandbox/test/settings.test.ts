import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { decodeSettings } from '../src/settings.js'

describe('the settings of the sandbox', () => {
  test('have defaults', () => {
    expect(decodeSettings([], {})).toEqual(
      E.right({ lethePort: 8080, identityPort: 8081, stateFolder: '.lethe', reset: false }),
    )
    expect(decodeSettings([], { LETHE_PORT: '', LETHE_SANDBOX_IDENTITY_PORT: '' })).toEqual(
      decodeSettings([], {}),
    )
  })

  test('are read', () => {
    expect(
      decodeSettings(['--reset'], {
        LETHE_PORT: '1',
        LETHE_SANDBOX_IDENTITY_PORT: '65535',
        LETHE_SANDBOX_STATE: 'elsewhere',
      }),
    ).toEqual(E.right({ lethePort: 1, identityPort: 65_535, stateFolder: 'elsewhere', reset: true }))
  })

  test.each(['0', '65536', '-1', 'hunter2', ' 80', '080800', '1.5'])('take no port %s', port => {
    expect(decodeSettings([], { LETHE_PORT: port, LETHE_SANDBOX_IDENTITY_PORT: port })).toEqual(
      E.left([
        'LETHE_PORT: expected a port, 1 to 65535',
        'LETHE_SANDBOX_IDENTITY_PORT: expected a port, 1 to 65535',
      ]),
    )
  })

  test('take no two that are the same, by default either', () => {
    const mistake = E.left(['LETHE_SANDBOX_IDENTITY_PORT: expected another port than LETHE_PORT'])
    expect(decodeSettings([], { LETHE_PORT: '9000', LETHE_SANDBOX_IDENTITY_PORT: '9000' })).toEqual(mistake)
    expect(decodeSettings([], { LETHE_PORT: '8081' })).toEqual(mistake)
  })

  test.each([['--rest'], ['--reset', 'now'], ['hunter2']])('take no argument %s', (...args) => {
    const decoded = decodeSettings(args, {})
    expect(decoded).toEqual(E.left(['Expected no argument but --reset']))
  })
})
