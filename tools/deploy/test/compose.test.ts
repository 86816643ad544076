import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { decodeConfig } from '@lethe/api'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { decoded } from './making/decoded.js'
import { secretNames } from './making/settings.js'

const file = new URL('../../../deploy/compose.yaml', import.meta.url)
const text = await readFile(file, 'utf8')

const Strings = t.record(t.string, t.string)
const Service = t.intersection([
  t.type({ image: t.string, networks: t.array(t.string) }),
  t.partial({
    command: t.array(t.string),
    environment: Strings,
    read_only: t.boolean,
    cap_drop: t.array(t.string),
    security_opt: t.array(t.string),
    ports: t.array(t.string),
    depends_on: t.record(t.string, t.type({ condition: t.string })),
  }),
])
const Compose = t.type({
  services: t.type({ api: Service, worker: Service, migrate: Service, postgres: Service, front: Service }),
  networks: t.record(t.string, t.union([t.null, t.type({ internal: t.boolean })])),
})
const { services, networks } = decoded(Compose)(parse(text, { merge: true }))
const { api, worker, migrate, postgres, front } = services
const own = { api, worker, migrate }

/** What Compose makes of a value: `${NAME:?why}` is asked for, `${NAME:-usual}` has a usual value. */
const interpolated = (value: string, values: Readonly<Record<string, string>>): string =>
  value.replace(/\$\{(\w+)(?::(-|\?)([^}]*))?\}/g, (_all, name: string, kind?: string, rest?: string) =>
    kind === '-' ? (rest ?? '') : (values[name] ?? `missing ${name}`),
  )

const linter = join(
  dirname(createRequire(import.meta.url).resolve('dclint/package.json')),
  'bin',
  'dclint.cjs',
)
/** The order of keys is ours. */
const ours = [
  'no-build-and-image',
  'service-keys-order',
  'service-dependencies-alphabetical-order',
  'top-level-properties-order',
]
const Linted = t.array(t.type({ messages: t.array(t.type({ rule: t.string })) }))

/** What the linter finds in a file, which it holds against the schema of Compose, too. */
const rulesBrokenIn = async (path: string): Promise<ReadonlyArray<string>> => {
  const ended: unknown = await promisify(execFile)(process.execPath, [
    linter,
    path,
    '--formatter=json',
    ...ours.map(rule => `--disable-rule=${rule}`),
  ]).catch((error: unknown) => error)
  const { stdout } = decoded(t.type({ stdout: t.string }))(ended)
  return decoded(Linted)(JSON.parse(stdout)).flatMap(({ messages }) => messages.map(({ rule }) => rule))
}

describe('the file for Compose', () => {
  test('fits the schema of Compose, and what its linter asks for', async () => {
    expect(await rulesBrokenIn(fileURLToPath(file))).toEqual([])
  })

  test('would not get past the check with a name misspelt', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lethe-compose-'))
    const misspelt = join(folder, 'compose.yaml')
    await writeFile(misspelt, text.replace('read_only:', 'readonly:'))
    expect(await rulesBrokenIn(misspelt)).toContain('invalid-schema')
    await rm(folder, { recursive: true })
  })

  test('says that it was not tried', () => {
    expect(text).toContain('Not tried with Docker')
  })

  test.each(Object.entries(own))('%s runs with no more rights than it needs', (_name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
  })

  test('starts the API and a worker once the database is migrated', () => {
    expect([api, worker, migrate].map(({ command }) => command)).toEqual([
      ['--role', 'api'],
      ['--role', 'worker'],
      ['migrate'],
    ])
    for (const { depends_on } of [api, worker])
      expect(depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } })
    expect(migrate.depends_on).toEqual({ postgres: { condition: 'service_healthy' } })
  })

  test('has nothing reached from outside but the front', () => {
    expect(front.ports).toEqual(['0.0.0.0:443:443'])
    for (const service of [api, worker, migrate, postgres]) expect(service.ports).toBeUndefined()
    expect(networks['back']).toEqual({ internal: true })
    expect(postgres.networks).toEqual(['back'])
    expect(front.networks).toEqual(['front'])
  })

  test('gives each process settings that fit each other', () => {
    const values = {
      LETHE_TENANTS: '7b0c2f3e-1a5d-4c8e-9f62-3d4e5a6b7c81',
      LETHE_AUDIENCES: 'a3d5e7f9-0b2c-4d6e-8f1a-2b3c4d5e6f70',
      LETHE_PUBLIC_URL: 'https://lethe.contoso.example',
      APP_PASSWORD: 'secret',
      LETHE_HISTORY_KEYS: `2026-11:${Buffer.alloc(32).toString('base64')}`,
    }
    for (const { environment = {} } of [api, worker]) {
      const given = Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [name, interpolated(value, values)]),
      )
      // The image sets the host.
      const config = decodeConfig({ ...given, LETHE_HOST: '0.0.0.0' })
      expect(E.isLeft(config) ? config.left.mistakes : []).toEqual([])
    }
  })

  test('has no secret in it, and none of the owner in a process that serves', () => {
    const given = Object.values(services).flatMap(({ environment = {} }) => Object.entries(environment))
    const secret = given.filter(([name]) => secretNames.has(name) || name.endsWith('PASSWORD'))
    expect(secret).not.toEqual([])
    for (const [, value] of secret) expect(value).toMatch(/\$\{\w+:\?[^}]+\}/)
    for (const { environment = {} } of [api, worker])
      expect(Object.values(environment).join(' ')).not.toContain('OWNER_PASSWORD')
  })
})
