import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createDatabase, dropDatabase } from '@lethe/embedded-postgres'
import * as t from 'io-ts'
import { Client } from 'pg'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { decoded } from './making/decoded.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const run = promisify(execFile)

const folder = await mkdtemp(join(tmpdir(), 'lethe-image-'))
const layout = join(folder, 'lethe')
const running = new Set<ChildProcess>()
const server = inject('serverUrl')
const database = `image_${randomUUID().replaceAll('-', '')}`

// The very script that the Dockerfile runs, on what this run has installed and built already.
await run(process.execPath, [join(root, 'tools', 'package.mjs'), '--built', '--image-root', folder], {
  cwd: root,
})
await copyFile(process.execPath, join(folder, 'node'))
// Nothing of it can be written, and everybody can read it, as in the image.
await run('chmod', ['-R', 'a-w,a+rX', folder])

afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  await dropDatabase(server, database)
  await execute(`drop role if exists ${database}`)
  await run('chmod', ['-R', 'u+w', folder])
  await rm(folder, { recursive: true })
})

const files = (await readdir(layout, { recursive: true, withFileTypes: true })).map(entry => ({
  path: join(entry.parentPath, entry.name).slice(layout.length + 1),
  kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other',
}))

/** The names of packages that a path goes through, outermost first. */
const packagesIn = (path: string): ReadonlyArray<string> =>
  [...path.matchAll(/node_modules\/((?:@[^/]+\/)?[^/@.][^/]*)/g)].flatMap(([, name]) => name ?? [])

/** Everything of others that production runs on. A name that is new here was chosen, and is no accident. */
const allowed =
  '@azure/msal-common @azure/msal-node @hono/node-server @opentelemetry/api @pinojs/redact ansi-regex ansi-styles atomic-sleep balanced-match brace-expansion buffer-equal-constant-time canonicalize cliui cockatiel cron-parser ecdsa-sig-formatter emoji-regex escalade fp-ts get-caller-file get-east-asian-width glob hono io-ts jiti jose jsonwebtoken jwa jws lodash.includes lodash.isboolean lodash.isinteger lodash.isnumber lodash.isplainobject lodash.isstring lodash.once lru-cache luxon minimatch minipass ms node-pg-migrate non-error on-exit-leak-free path-scurry pg pg-boss pg-cloudflare pg-connection-string pg-int8 pg-pool pg-protocol pg-types pgpass pino pino-abstract-transport pino-std-serializers postgres-array postgres-bytea postgres-date postgres-interval process-warning quick-format-unescaped real-require rrule-temporal safe-buffer safe-stable-stringify semver serialize-error sonic-boom split2 string-width strip-ansi tagged-tag temporal-spec thread-stream type-fest undici uuid wrap-ansi xtend y18n yargs yargs-parser'.split(
    ' ',
  )

describe('the layout of the image', () => {
  test('is made where it is told, and over nothing that is there', async () => {
    const script = join(root, 'tools', 'package.mjs')
    await expect(run(process.execPath, [script])).rejects.toThrow(
      'Usage: npm run package -- --image-root DIR',
    )
    await expect(run(process.execPath, [script, '--built', '--image-root', folder])).rejects.toThrow(
      'is there already',
    )
  })

  test('holds the program and its packages, and no links', () => {
    expect(
      files
        .filter(({ path }) => !path.includes('/'))
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(['bin', 'dist', 'node_modules', 'package.json'])
    expect(files.filter(({ kind }) => kind === 'other')).toEqual([])
  })

  test('holds these packages and no others', () => {
    const found = new Set(
      files.flatMap(({ path }) => packagesIn(path)).filter(name => !name.startsWith('@lethe/')),
    )
    expect([...found].toSorted()).toEqual(allowed)
  })

  test('holds of Lethe what runs, and no more', () => {
    const own = files.filter(({ path, kind }) => kind === 'file' && !/node_modules\/(?!@lethe\/)/.test(path))
    const shapes = own.map(({ path }) => path.replace(/^node_modules\/@lethe\/[^/]+\//, ''))
    const odd = shapes.filter(
      path => !/^(?:package\.json|bin\/lethe-api\.js|dist\/[\w/-]+\.js|migrations\/[\w-]+\.sql)$/.test(path),
    )
    expect(odd).toEqual([])
    expect(shapes.filter(path => /test/i.test(path))).toEqual([])
    expect(shapes.filter(path => path.endsWith('.sql')).length).toBeGreaterThan(0)
  })

  test('holds of others what a program reads, and licences', () => {
    const programs = ['.cjs', '.js', '.json', '.mjs', '.sql']
    const rest = files.filter(({ path, kind }) => kind === 'file' && !programs.includes(extname(path)))
    expect(rest.filter(({ path }) => !/^(?:licen[cs]e|notice|copying)/i.test(basename(path)))).toEqual([])
    expect(rest).not.toEqual([])
  })

  test('holds no key and no setting', async () => {
    expect(
      files.filter(({ path }) =>
        /(?:^|\/)(?:\.git|\.env|\.npmrc|\.turbo|\.lethe)|\.(?:pem|key|env)$/.test(path),
      ),
    ).toEqual([])
    const paths = files.filter(({ kind }) => kind === 'file').map(({ path }) => path)
    const texts = await Promise.all(paths.map(async path => readFile(join(layout, path), 'utf8')))
    expect(
      paths.filter((_path, index) => /-----BEGIN [A-Z ]*PRIVATE KEY-----\n/.test(texts[index] ?? '')),
    ).toEqual([])
  })
})

const dockerfile = await readFile(join(root, 'deploy', 'Dockerfile'), 'utf8')

/** A command that the Dockerfile gives as JSON, with the Node of this run. */
const commandOf = (instruction: string): ReadonlyArray<string> => {
  const json: unknown = JSON.parse(
    new RegExp(`^${instruction}.*?(\\[.*\\])$`, 'm').exec(dockerfile)?.[1] ?? 'null',
  )
  const [program, ...args] = decoded(t.array(t.string))(json)
  if (program !== 'node') throw new Error(`${instruction} runs ${program}`)
  return args.map(arg => arg.replace(/^\/lethe\//, `${layout}/`))
}

/** Who runs it in the image; this very user where that may not be another one. */
const user = process.getuid?.() === 0 ? { uid: 65_532, gid: 65_532 } : {}

interface Started {
  readonly process: ChildProcess
  readonly said: () => string
  readonly ended: Promise<number | null>
}

/** Runs Node as that user, where nothing can be written, with these settings and no others. */
const start = (args: ReadonlyArray<string>, environment: Readonly<Record<string, string>> = {}): Started => {
  const child = spawn(join(folder, 'node'), [...args], {
    ...user,
    cwd: layout,
    env: { HOME: '/nonexistent', TMPDIR: '/nonexistent', NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
    })
  return {
    process: child,
    said: () => said,
    ended: new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', code => {
        running.delete(child)
        resolve(code)
      })
    }),
  }
}

const execute = async (statement: string): Promise<void> => {
  const client = new Client({ connectionString: server })
  await client.connect()
  await client.query(statement)
  await client.end()
}

describe('the layout of the image, run as a user who can write none of it', () => {
  test('cannot be written', async () => {
    const writing = start(['-e', "require('node:fs').writeFileSync('dist/main.js', '')"])
    expect(await writing.ended).not.toBe(0)
    expect(writing.said()).toMatch(/EACCES|EPERM/)
  })

  test('is what the Dockerfile makes, and runs as nobody that the base has to know', () => {
    expect(dockerfile).toContain('RUN npm run package -- --image-root /image\n')
    expect(dockerfile).toContain('COPY --from=layout /image/lethe /lethe\n')
    expect(dockerfile).toMatch(/^USER 65532:65532$/m)
    expect(dockerfile).toMatch(/^ARG BASE=node:24-slim$/m)
  })

  test('migrates, serves, says that it lives whatever becomes of the database, and stops', async () => {
    const ownerUrl = await createDatabase(server, database)
    const program = commandOf('ENTRYPOINT')
    const migrating = start([...program, 'migrate'], { LETHE_DATABASE_OWNER_URL: ownerUrl })
    expect([await migrating.ended, migrating.said()]).toEqual([0, expect.stringMatching(/^Migrated: /)])

    const password = randomUUID()
    await execute(`create role ${database} login password '${password}' in role lethe_app`)
    const url = new URL(ownerUrl)
    url.username = database
    url.password = password
    const serving = start(program, {
      LETHE_TENANTS: '7b0c2f3e-1a5d-4c8e-9f62-3d4e5a6b7c81',
      LETHE_AUDIENCES: 'a3d5e7f9-0b2c-4d6e-8f1a-2b3c4d5e6f70',
      LETHE_ISSUERS: 'https://login.microsoftonline.com/{tenantid}/v2.0',
      LETHE_DATABASE_URL: url.href,
      LETHE_HISTORY_KEYS: `test:${randomBytes(32).toString('base64')}`,
      LETHE_GRAPH_URL: 'memory:',
      LETHE_PORT: '0',
    })
    await expect.poll(() => /"port":(\d+)/.exec(serving.said())?.[1]).toBeDefined()
    const port = /"port":(\d+)/.exec(serving.said())?.[1] ?? ''
    const statusOf = async (probe: string) =>
      (await fetch(`http://127.0.0.1:${port}/healthz/${probe}`)).status
    const checked = () => start(commandOf('HEALTHCHECK'), { LETHE_PORT: port }).ended
    expect([await statusOf('live'), await statusOf('ready'), await checked()]).toEqual([200, 200, 0])

    await execute(`alter role ${database} nologin`)
    await execute(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${database}'`)
    await expect.poll(() => statusOf('ready')).toBe(503)
    expect([await statusOf('live'), await checked()]).toEqual([200, 0])

    serving.process.kill('SIGTERM')
    expect([await serving.ended, serving.said()]).toEqual([0, expect.stringContaining('"msg":"stopped"')])
    expect(await checked()).toBe(1)
  })
})
