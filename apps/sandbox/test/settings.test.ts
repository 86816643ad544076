import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { decodeSettings } from '../src/settings.js'

describe('the settings of the sandbox', () => {
  test('have defaults', () => {
    expect(decodeSettings([], {})).toEqual(
      E.right({
        lethePort: 8080,
        identityPort: 8081,
        graphPort: 8082,
        postgresPort: 8083,
        databaseUrl: null,
        stateFolder: '.lethe',
        reset: false,
      }),
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
        LETHE_SANDBOX_GRAPH_PORT: '3',
        LETHE_SANDBOX_POSTGRES_PORT: '2',
        LETHE_SANDBOX_STATE: 'elsewhere',
      }),
    ).toEqual(
      E.right({
        lethePort: 1,
        identityPort: 65_535,
        graphPort: 3,
        postgresPort: 2,
        databaseUrl: null,
        stateFolder: 'elsewhere',
        reset: true,
      }),
    )
  })

  test.each(['0', '65536', '-1', 'hunter2', ' 80', '080800', '1.5'])('take no port %s', port => {
    expect(
      decodeSettings([], {
        LETHE_PORT: port,
        LETHE_SANDBOX_IDENTITY_PORT: port,
        LETHE_SANDBOX_GRAPH_PORT: port,
        LETHE_SANDBOX_POSTGRES_PORT: port,
      }),
    ).toEqual(
      E.left([
        'LETHE_PORT: expected a port, 1 to 65535',
        'LETHE_SANDBOX_IDENTITY_PORT: expected a port, 1 to 65535',
        'LETHE_SANDBOX_GRAPH_PORT: expected a port, 1 to 65535',
        'LETHE_SANDBOX_POSTGRES_PORT: expected a port, 1 to 65535',
      ]),
    )
  })

  test('take no two that are the same, by default either', () => {
    const mistake = E.left(['LETHE_SANDBOX_IDENTITY_PORT: expected another port than LETHE_PORT'])
    expect(decodeSettings([], { LETHE_PORT: '9000', LETHE_SANDBOX_IDENTITY_PORT: '9000' })).toEqual(mistake)
    expect(decodeSettings([], { LETHE_PORT: '8081' })).toEqual(mistake)
  })

  test('take a database of somebody else, and never reset it', () => {
    const url = 'postgres://somebody:secret@db.example/trial'
    expect(decodeSettings([], { LETHE_SANDBOX_DATABASE_URL: url })).toMatchObject({
      right: { databaseUrl: url },
    })
    expect(decodeSettings([], { LETHE_SANDBOX_DATABASE_URL: '' })).toEqual(decodeSettings([], {}))
    expect(decodeSettings(['--reset'], { LETHE_SANDBOX_DATABASE_URL: url })).toEqual(
      E.left(['--reset: expected no LETHE_SANDBOX_DATABASE_URL, whose database the sandbox never resets']),
    )
    expect(decodeSettings([], { LETHE_SANDBOX_DATABASE_URL: 'mysql://secret' })).toEqual(
      E.left(['LETHE_SANDBOX_DATABASE_URL: expected a postgres:// URL']),
    )
  })

  test.each([['--rest'], ['--reset', 'now'], ['hunter2']])('take no argument %s', (...args) => {
    const decoded = decodeSettings(args, {})
    expect(decoded).toEqual(E.left(['Expected no argument but --reset']))
  })
})
