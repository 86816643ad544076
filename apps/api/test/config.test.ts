import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { decodeConfig, decodeMigrationConfig, injectedSettings, unknownSettings } from '../src/config.js'
import { rightOf } from './making/decoded.js'
import { historyKeys } from './making/environment.js'
import { contoso, nobody, northwind } from './making/places.js'
import type { Role } from '../src/role.js'

type Environment = Readonly<Record<string, string | undefined>>

const least: Environment = {
  LETHE_TENANTS: contoso,
  LETHE_AUDIENCES: 'api://lethe',
  LETHE_ISSUERS: 'https://login.microsoftonline.com/{tenantid}/v2.0',
  LETHE_DATABASE_URL: 'postgres://lethe:secret@db.example/lethe',
  LETHE_GRAPH_CLIENT_SECRET: 'a secret of Graph',
  LETHE_HISTORY_KEYS: historyKeys,
}

const decode = (changes: Environment = {}) => rightOf(decodeConfig({ ...least, ...changes }))

const mistakesOf = (environment: Environment, role?: Role | null): ReadonlyArray<string> => {
  const config = decodeConfig(environment, role)
  return E.isLeft(config) ? config.left.mistakes : []
}

const mistakes = (changes: Environment, role?: Role | null): ReadonlyArray<string> =>
  mistakesOf({ ...least, ...changes }, role)

describe('the configuration', () => {
  test('has defaults for all but the door', () => {
    expect(decode()).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      publicUrl: 'http://127.0.0.1:8080',
      contract: { name: 'seed' },
      tenants: [contoso],
      audiences: ['api://lethe'],
      requiredRoles: [],
      authority: 'https://login.microsoftonline.com/common',
      clientId: 'lethe',
      approval: { mode: 'approvers', required: 1 },
      approvalExpiryDays: null,
      calendar: { weekend: [6, 0], publicHolidays: [] },
      keepAliveSeconds: 75,
      writeTimeoutSeconds: 30,
      drainSeconds: 5,
      shutdownSeconds: 10,
      logLevel: 'info',
      databaseUrl: 'postgres://lethe:secret@db.example/lethe',
      databasePasswordFile: null,
      databaseConnections: 10,
      workerConcurrency: 512,
      tenantConcurrency: 256,
      leaseSeconds: 60,
      dataPlane: {
        kind: 'graph',
        root: 'https://graph.microsoft.com/beta',
        audience: 'https://graph.microsoft.com',
        authority: 'https://login.microsoftonline.com',
        clientId: 'lethe',
        secret: { kind: 'secret', secret: 'a secret of Graph' },
        delegated: null,
        allowInsecure: false,
        proxies: { proxy: null },
      },
      proxies: { proxy: null },
    })
    expect(mistakesOf({})).toEqual([
      'LETHE_TENANTS: expected a list of tenant ids, no wildcard',
      'LETHE_AUDIENCES: expected a list of audiences',
      'LETHE_ISSUERS: expected a list of issuer URLs',
      'LETHE_DATABASE_URL: expected a postgres:// URL with one host, user and password percent-encoded, or memory: to keep nothing',
      'LETHE_GRAPH_CLIENT_SECRET, LETHE_GRAPH_CERTIFICATE_FILE, LETHE_GRAPH_FEDERATED_TOKEN_FILE: expected one of them (none with LETHE_GRAPH_URL=memory:)',
    ])
  })

  test('reads what is set', () => {
    expect(
      decode({
        LETHE_TENANTS: ` ${contoso} ,${northwind.toUpperCase()}`,
        LETHE_CONTRACT: 'graph',
        LETHE_APPROVALS: 'automatic',
        LETHE_REQUIRED_ROLES: 'One Two',
        LETHE_PUBLIC_URL: 'https://lethe.example/base//',
        LETHE_PUBLIC_HOLIDAYS: '2026-12-25,2026-12-26',
        LETHE_APPROVAL_EXPIRY_DAYS: '30',
        LETHE_PORT: '0',
      }),
    ).toMatchObject({
      tenants: [contoso, northwind],
      contract: { name: 'graph' },
      approval: { mode: 'automatic' },
      requiredRoles: ['One', 'Two'],
      publicUrl: 'https://lethe.example/base',
      calendar: { publicHolidays: ['2026-12-25', '2026-12-26'] },
      approvalExpiryDays: 30,
      port: 0,
    })
  })

  test.each([
    ['postgres://lethe:secret@db.example:5433/lethe', 'postgres://lethe:secret@db.example:5433/lethe'],
    [
      'postgresql://db.example/lethe?sslmode=verify-full',
      'postgresql://db.example/lethe?sslmode=verify-full',
    ],
    ['memory:', null],
  ])('keeps everything at %s', (databaseUrl, expected) => {
    expect(decode({ LETHE_DATABASE_URL: databaseUrl, LETHE_GRAPH_URL: 'memory:' }).databaseUrl).toBe(expected)
  })

  test.each([
    ['LETHE_DATABASE_CONNECTIONS', 'databaseConnections', [2, 500]],
    ['LETHE_WORKER_CONCURRENCY', 'workerConcurrency', [1, 1000]],
    ['LETHE_TENANT_CONCURRENCY', 'tenantConcurrency', [1, 1000]],
    ['LETHE_LEASE_SECONDS', 'leaseSeconds', [10, 3600]],
    ['LETHE_WORKER_HEALTH_PORT', 'workerHealthPort', [0, 65_535]],
    ['LETHE_KEEP_ALIVE_SECONDS', 'keepAliveSeconds', [1, 3600]],
    ['LETHE_WRITE_TIMEOUT_SECONDS', 'writeTimeoutSeconds', [1, 3600]],
    ['LETHE_DRAIN_SECONDS', 'drainSeconds', [0, 3600]],
  ] as const)('takes for %s the least and the most', (name, property, values) => {
    for (const value of values) expect(decode({ [name]: String(value) })[property]).toBe(value)
  })

  test('takes an empty setting for none', () => {
    const optional = [
      'LETHE_PORT',
      'LETHE_WORKER_HEALTH_PORT',
      'LETHE_CONTRACT',
      'LETHE_REQUIRED_ROLES',
      'LETHE_DATABASE_CONNECTIONS',
      'LETHE_WORKER_CONCURRENCY',
      'LETHE_TENANT_CONCURRENCY',
      'LETHE_LEASE_SECONDS',
      'LETHE_DATABASE_OWNER_URL',
    ]
    expect(decode(Object.fromEntries(optional.map(name => [name, ''])))).toEqual(decode())
  })

  test('names mistakes between settings together with mistakes of others', () => {
    expect(mistakes({ LETHE_PORT: 'x', LETHE_ISSUERS: 'http://issuer.example/common' })).toEqual([
      'LETHE_PORT: expected a port, 0 to 65535',
      'LETHE_ISSUERS: expected URLs that name one tenant each that is served, or hold {tenantid}',
      'LETHE_ISSUERS: expected https (http needs LETHE_ALLOW_INSECURE_ISSUER=true, and is for sandboxes only)',
      'LETHE_ISSUERS: expected an http issuer to be on loopback',
    ])
  })

  test.each(['LETHE_CLIENT_ID', 'LETHE_AUDIENCES', 'LETHE_AUTHORITY'])(
    'takes for %s only what a response header can hold',
    name => {
      expect(mistakes({ [name]: 'https://leth\u00e9.example/"x"' })).toHaveLength(1)
    },
  )

  test('names all mistakes at once, and no value', () => {
    const secret = 'hunter2'
    const names = [
      'LETHE_PORT',
      'LETHE_WORKER_HEALTH_PORT',
      'LETHE_PUBLIC_URL',
      'LETHE_CONTRACT',
      'LETHE_TENANTS',
      'LETHE_ALLOW_INSECURE_ISSUER',
      'LETHE_AUTHORITY',
      'LETHE_APPROVALS',
      'LETHE_APPROVAL_EXPIRY_DAYS',
      'LETHE_PUBLIC_HOLIDAYS',
      'LETHE_READ_BACK_LIMIT_SECONDS',
      'LETHE_ATTEMPT_LIMIT_SECONDS',
      'LETHE_ABSENCE_LOOKS',
      'LETHE_ABSENCE_SECONDS',
      'LETHE_KEEP_ALIVE_SECONDS',
      'LETHE_WRITE_TIMEOUT_SECONDS',
      'LETHE_DRAIN_SECONDS',
      'LETHE_SHUTDOWN_SECONDS',
      'LETHE_LOG_LEVEL',
      'LETHE_DATABASE_URL',
      'LETHE_HISTORY_KEYS',
      'LETHE_DATABASE_CONNECTIONS',
      'LETHE_WORKER_CONCURRENCY',
      'LETHE_TENANT_CONCURRENCY',
      'LETHE_LEASE_SECONDS',
    ]
    const wrong = mistakes(Object.fromEntries(names.map(name => [name, secret])))
    expect(wrong.map(line => line.split(': expected ')[0])).toEqual(names)
    expect(wrong.join('\n')).not.toContain(secret)
  })

  test('takes a proxy from the environment, for everybody outside', () => {
    const HTTPS_PROXY = 'http://user:secret@proxy.example:8080'
    const { proxies, dataPlane } = decode({ HTTPS_PROXY, NO_PROXY: 'graph.example' })
    expect(proxies).toMatchObject({ proxy: { variable: 'HTTPS_PROXY', url: HTTPS_PROXY } })
    expect(dataPlane).toMatchObject({ proxies })
    const [mistake, ...others] = mistakes({ HTTPS_PROXY: 'user:secret@proxy.example' })
    expect(mistake).toMatch(/^HTTPS_PROXY: expected the http or https URL of a proxy/)
    expect(mistake).not.toContain('secret')
    expect(others).toEqual([])
  })

  test.each([
    ['LETHE_PORT', ['65536', '-1', '80a', ' 80', '1e3']],
    ['LETHE_TENANTS', ['*', 'common', 'organizations', `${contoso},*`, ',', 'contoso.onmicrosoft.com']],
    ['LETHE_AUDIENCES', ['', ' , ']],
    ['LETHE_ISSUERS', ['', 'nonsense', `https://login.example/${nobody}/v2.0`, 'https://login.example/v2.0']],
    ['LETHE_ISSUERS', [`https://login.example/${contoso}/v2.0?x=1`, 'https://login.example/*/v2.0']],
    ['LETHE_REQUIRED_ROLES', [',', ' ']],
    ['LETHE_ALLOW_INSECURE_ISSUER', ['yes', '1', 'TRUE']],
    ['LETHE_CONTRACT', ['Seed', 'toString']],
    ['LETHE_APPROVALS', ['0', '-1', 'none', '1.5', '1000']],
    ['LETHE_APPROVAL_EXPIRY_DAYS', ['0', '3651']],
    ['LETHE_PUBLIC_HOLIDAYS', ['2026-02-30', '25.12.2026']],
    ['LETHE_KEEP_ALIVE_SECONDS', ['0', '3601', '1.5']],
    ['LETHE_WRITE_TIMEOUT_SECONDS', ['0', '3601', 'never']],
    ['LETHE_DRAIN_SECONDS', ['-1', '3601', '5s']],
    ['LETHE_SHUTDOWN_SECONDS', ['3601', 'soon']],
    ['LETHE_PUBLIC_URL', ['lethe.example', 'ftp://lethe.example', 'https://u:p@lethe.example']],
    ['LETHE_PUBLIC_URL', ['https://lethe.example/?', 'https://lethe.example/#', 'https://:p@lethe.example']],
    ['LETHE_PUBLIC_URL', ['https://lethe.example/a b', 'https:lethe.example', ' https://lethe.example']],
    ['LETHE_DATABASE_URL', ['', 'memory', 'Memory:', 'memory://', ' memory:', 'db.example/lethe']],
    ['LETHE_DATABASE_URL', ['postgres:', 'postgres://', 'postgres:db.example', 'mysql://db.example/lethe']],
    ['LETHE_DATABASE_URL', [' postgres://db.example/lethe', 'postgres://db.example/lethe\n']],
    ['LETHE_DATABASE_URL', ['postgres://db.example:port/lethe', 'https://db.example/?postgres://db.example']],
    ['LETHE_DATABASE_CONNECTIONS', ['1', '501', '-2', '2.5', '1e1', 'all']],
    ['LETHE_WORKER_CONCURRENCY', ['0', '1001', '-1', '1.5', 'all']],
    ['LETHE_TENANT_CONCURRENCY', ['0', '1001', '-1', '1.5', 'all']],
    ['LETHE_LEASE_SECONDS', ['9', '3601', '-10', '10.5', '1m']],
  ])('refuses a wrong %s', (name, values) => {
    for (const value of values) {
      const names = mistakes({ [name]: value }).map(mistake => mistake.split(': expected ')[0])
      expect(new Set(names)).toEqual(new Set([name]))
    }
  })
})

describe('the configuration of a migration', () => {
  const ownerUrl = 'postgres://owner:secret@db.example/lethe'

  test('needs the URL of the owner, and no other setting', () => {
    expect(decodeMigrationConfig({ LETHE_DATABASE_OWNER_URL: ownerUrl })).toStrictEqual(
      E.right({ ownerUrl, ownerPasswordFile: null, leaseSeconds: 60 }),
    )
    expect(
      decodeMigrationConfig({
        LETHE_DATABASE_OWNER_URL: ownerUrl,
        LETHE_LEASE_SECONDS: '10',
        LETHE_PORT: 'x',
        LETHE_DATABASE_URL: 'x',
      }),
    ).toStrictEqual(E.right({ ownerUrl, ownerPasswordFile: null, leaseSeconds: 10 }))
  })

  test('takes the password from a file, and not from the URL besides', () => {
    const LETHE_DATABASE_OWNER_PASSWORD_FILE = '/run/secrets/owner'
    const bare = 'postgres://owner@db.example/lethe'
    expect(
      decodeMigrationConfig({ LETHE_DATABASE_OWNER_URL: bare, LETHE_DATABASE_OWNER_PASSWORD_FILE }),
    ).toStrictEqual(
      E.right({ ownerUrl: bare, ownerPasswordFile: LETHE_DATABASE_OWNER_PASSWORD_FILE, leaseSeconds: 60 }),
    )
    expect(
      decodeMigrationConfig({ LETHE_DATABASE_OWNER_URL: ownerUrl, LETHE_DATABASE_OWNER_PASSWORD_FILE }),
    ).toStrictEqual(
      E.left({
        _tag: 'BadConfig',
        mistakes: [
          'LETHE_DATABASE_OWNER_PASSWORD_FILE: expected LETHE_DATABASE_OWNER_URL to be without a password beside it',
        ],
      }),
    )
  })

  test.each([
    undefined,
    '',
    'memory:',
    'hunter2',
    'postgres://',
    'postgres://owner:hunter2@db example/lethe',
  ])('is refused with the owner at %s, which is not repeated', LETHE_DATABASE_OWNER_URL => {
    expect(decodeMigrationConfig({ LETHE_DATABASE_OWNER_URL })).toStrictEqual(
      E.left({
        _tag: 'BadConfig',
        mistakes: [
          'LETHE_DATABASE_OWNER_URL: expected a postgres:// URL with one host, user and password percent-encoded',
        ],
      }),
    )
  })

  test('names all mistakes at once', () => {
    expect(decodeMigrationConfig({ LETHE_DATABASE_URL: ownerUrl, LETHE_LEASE_SECONDS: '9' })).toStrictEqual(
      E.left({
        _tag: 'BadConfig',
        mistakes: [
          'LETHE_DATABASE_OWNER_URL: expected a postgres:// URL with one host, user and password percent-encoded',
          'LETHE_LEASE_SECONDS: expected seconds, 10 to 3600',
        ],
      }),
    )
  })
})

describe('the URL of the database', () => {
  test.each([
    'postgres://lethe:hunter2@db example/lethe',
    'postgres://lethe:hunter2@db.example:port/lethe',
    'postgres:lethe:hunter2@db.example',
    'mysql://lethe:hunter2@db.example/lethe',
    'lethe:hunter2@db.example',
    'postgres://lethe:hunter2@one.example,two.example/lethe',
    'postgres://lethe:hunter2@one.example%2Ctwo.example/lethe',
    'postgres://lethe:hunter2@one.example:5432,two.example:5432/lethe',
    'postgres:///lethe?user=lethe&password=hunter2&host=one.example,two.example',
    'postgres://lethe:hunter2@one.example/lethe?port=5432,5433',
    'postgres://lethe:hunter2%@db.example/lethe',
    'postgres://lethe:hunter2@db.example/%zz',
  ])('is not repeated where it is wrong, and no password with it: %s', url => {
    const wrong = mistakes({ LETHE_DATABASE_URL: url })
    expect(wrong).toEqual([
      'LETHE_DATABASE_URL: expected a postgres:// URL with one host, user and password percent-encoded, or memory: to keep nothing',
    ])
  })
})

describe('the password of the database', () => {
  const LETHE_DATABASE_PASSWORD_FILE = '/run/secrets/lethe'

  test.each(['postgres://lethe@db.example/lethe', 'postgres:///lethe?user=lethe&host=/run/postgresql'])(
    'is in a file beside %s',
    databaseUrl => {
      expect(decode({ LETHE_DATABASE_URL: databaseUrl, LETHE_DATABASE_PASSWORD_FILE })).toMatchObject({
        databaseUrl,
        databasePasswordFile: LETHE_DATABASE_PASSWORD_FILE,
      })
    },
  )

  test.each(['postgres://lethe:hunter2@db.example/lethe', 'postgres://db.example/lethe?password=hunter2'])(
    'is in one place only: %s',
    LETHE_DATABASE_URL => {
      expect(mistakes({ LETHE_DATABASE_URL, LETHE_DATABASE_PASSWORD_FILE })).toEqual([
        'LETHE_DATABASE_PASSWORD_FILE: expected LETHE_DATABASE_URL to be without a password beside it',
      ])
    },
  )

  test('belongs to no store in memory', () => {
    expect(
      mistakes({ LETHE_DATABASE_URL: 'memory:', LETHE_GRAPH_URL: 'memory:', LETHE_DATABASE_PASSWORD_FILE }),
    ).toEqual(['LETHE_DATABASE_PASSWORD_FILE: expected none beside memory:, which has no password'])
  })
})

describe('an http issuer', () => {
  const loopback = 'http://127.0.0.1:8081/{tenantid}/v2.0'
  const sandbox: Environment = { LETHE_ISSUERS: loopback, LETHE_ALLOW_INSECURE_ISSUER: 'true' }

  test.each([
    sandbox,
    { ...sandbox, LETHE_HOST: 'localhost', LETHE_ISSUERS: 'http://localhost:1/{tenantid}/' },
    { ...sandbox, LETHE_HOST: '::1', LETHE_ISSUERS: 'http://[::1]:1/{tenantid}/' },
    { ...sandbox, LETHE_ISSUERS: `https://login.example/{tenantid}/v2.0,${loopback}` },
  ])('is trusted with all three: %j', changes => {
    expect(mistakes(changes)).toEqual([])
  })

  test.each([undefined, '', 'false'])('is refused without the flag (%s)', flag => {
    expect(mistakes({ ...sandbox, LETHE_ALLOW_INSECURE_ISSUER: flag })).toEqual([
      'LETHE_ISSUERS: expected https (http needs LETHE_ALLOW_INSECURE_ISSUER=true, and is for sandboxes only)',
    ])
  })

  test.each([
    'http://login.example/{tenantid}/v2.0',
    'http://127.0.0.1.evil.example/{tenantid}/v2.0',
    'http://localhost.evil.example/{tenantid}/v2.0',
    'http://10.0.0.1/{tenantid}/v2.0',
    'HTTP://login.example/{tenantid}/v2.0',
    `${loopback},http://login.example/{tenantid}/v2.0`,
  ])('is refused elsewhere than on loopback: %s', issuers => {
    expect(mistakes({ ...sandbox, LETHE_ISSUERS: issuers })).toEqual([
      'LETHE_ISSUERS: expected an http issuer to be on loopback',
    ])
  })

  test.each(['0.0.0.0', '::', '10.0.0.1', 'lethe.example', '127.0.0.1.evil.example'])(
    'is refused where the API listens on %s',
    host => {
      const LETHE_PUBLIC_URL = 'https://lethe.example'
      expect(mistakes({ ...sandbox, LETHE_PUBLIC_URL, LETHE_HOST: host })).toEqual([
        'LETHE_HOST: expected a loopback address while an http issuer is trusted',
      ])
    },
  )

  test('is refused for all three reasons at once', () => {
    expect(
      mistakes({
        LETHE_ISSUERS: 'http://login.example/{tenantid}/v2.0',
        LETHE_HOST: '::',
        LETHE_PUBLIC_URL: 'https://lethe.example',
      }),
    ).toHaveLength(3)
  })

  test('the flag alone does no harm', () => {
    const LETHE_PUBLIC_URL = 'https://lethe.example'
    expect(
      mistakes({ LETHE_ALLOW_INSECURE_ISSUER: 'true', LETHE_HOST: '0.0.0.0', LETHE_PUBLIC_URL }),
    ).toEqual([])
  })
})

describe('a host that is not loopback', () => {
  const expected =
    'LETHE_PUBLIC_URL: expected the URL by which callers reach Lethe where LETHE_HOST is not a loopback address'

  test.each(['0.0.0.0', '::', '10.0.0.1', 'lethe.example'])('%s stands in no link', LETHE_HOST => {
    for (const role of ['api', 'both'] as const) expect(mistakes({ LETHE_HOST }, role)).toEqual([expected])
    expect(mistakes({ LETHE_HOST, LETHE_PUBLIC_URL: 'https://lethe.example' })).toEqual([])
  })

  test('is no matter where nothing listens on it', () => {
    for (const role of ['worker', null] as const)
      expect(mistakes({ LETHE_HOST: '0.0.0.0' }, role)).toEqual([])
  })

  test.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('%s needs no public URL', LETHE_HOST => {
    expect(mistakes({ LETHE_HOST })).toEqual([])
  })

  test('is named together with other mistakes', () => {
    expect(mistakes({ LETHE_HOST: '0.0.0.0', LETHE_CONTRACT: 'x' })).toEqual([
      'LETHE_CONTRACT: expected seed or graph',
      expected,
    ])
  })
})

describe('a store in memory', () => {
  const trial = { LETHE_DATABASE_URL: 'memory:', LETHE_GRAPH_URL: 'memory:' }
  const local = { LETHE_GRAPH_URL: 'http://127.0.0.1:8082/beta', LETHE_ALLOW_INSECURE_ISSUER: 'true' }

  test.each(['both', null] as const)('is taken with profiles in memory (role %s)', role => {
    expect(mistakes(trial, role)).toEqual([])
    expect(mistakes({ ...trial, ...local }, role)).toEqual([])
  })

  test.each(['api', 'worker'] as const)('is refused with --role %s', role => {
    expect(mistakes(trial, role)).toEqual([
      `LETHE_DATABASE_URL: expected a postgres:// URL with --role ${role}: no other process sees what memory: holds`,
    ])
  })

  test.each([undefined, 'https://graph.microsoft.us/beta', 'https://127.0.0.1.evil.example/beta'])(
    'is refused with a Graph that is not on loopback (%s)',
    LETHE_GRAPH_URL => {
      expect(mistakes({ LETHE_DATABASE_URL: 'memory:', LETHE_GRAPH_URL })).toEqual([
        'LETHE_DATABASE_URL: expected a postgres:// URL where LETHE_GRAPH_URL is not on loopback: memory: forgets what was removed',
      ])
    },
  )
})

describe('what Kubernetes sets for a service called lethe', () => {
  const injected: Environment = {
    LETHE_SERVICE_HOST: '10.0.0.11',
    LETHE_SERVICE_PORT: '8080',
    LETHE_SERVICE_PORT_HTTP: '8080',
    LETHE_PORT_8080_TCP: 'tcp://10.0.0.11:8080',
    LETHE_PORT_8080_TCP_PROTO: 'tcp',
    LETHE_PORT_8080_TCP_PORT: '8080',
    LETHE_PORT_8080_TCP_ADDR: '10.0.0.11',
    LETHE_API_SERVICE_HOST: '10.0.0.12',
    LETHE_API_PORT: 'tcp://10.0.0.12:8080',
    LETHE_API_PORT_8080_TCP_ADDR: '10.0.0.12',
  }

  test.each([
    ['LETHE_PORT', 'lethe'],
    ['LETHE_WORKER_HEALTH_PORT', 'lethe-worker-health'],
  ])('in %s is named with the way out, and not repeated', (name, service) => {
    const wrong = mistakes({ ...injected, [name]: 'tcp://10.0.0.11:8080' })
    expect(wrong).toEqual([
      `${name}: expected a port, 0 to 65535`,
      `${name}: expected enableServiceLinks: false in the pod, or ${name} set there: Kubernetes sets it for a service called ${service}`,
    ])
  })

  test('does no harm otherwise, and is no misspelt setting', () => {
    expect(mistakes(injected)).toEqual([])
    expect(unknownSettings(injected)).toEqual([])
    expect(injectedSettings({ ...least, ...injected, LETHE_PORT: '8080', LETHE_TENANT: 'x' })).toEqual(
      Object.keys(injected),
    )
  })

  test('hides no misspelt setting', () => {
    const misspelt = { LETHE_SERVICE: 'x', LETHE_API_PORT: '8080', LETHE_PORT_8080: 'x', LETHE_PORTS: '1' }
    expect(unknownSettings(misspelt)).toEqual(Object.keys(misspelt))
    expect(injectedSettings(misspelt)).toEqual([])
  })
})

describe('settings that are none', () => {
  test('are named', () => {
    expect(
      unknownSettings({
        ...least,
        LETHE_DATABASE_OWNER_URL: 'x',
        LETHE_TENANT: contoso,
        lethe_port: '1',
        LETHE_SERVER: 'x',
        LETHE_TOKEN: 'x',
        LETHE_CONTEXT: 'x',
        LETHE_SANDBOX_STATE: 'x',
        PATH: 'x',
      }),
    ).toEqual(['LETHE_TENANT'])
  })
})
