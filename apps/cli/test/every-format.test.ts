import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allCommands } from './support/all-commands.js'
import { startBulkServer } from './support/bulk-server.js'
import { readCsv } from './support/csv.js'
import { startFakeApi } from './support/fake-api.js'
import { lethe, type Ran } from './support/fake-io.js'
import { annId, bobId, requestId } from './support/samples.js'
import { openGraphWorld, tenantId, user } from './support/graph-world.js'
import { openSignInWorld } from './support/sign-in-world.js'
import { change, submitted, watch } from './support/watching.js'

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lethe-formats-'))
  closing.push(() => rm(folder, { recursive: true, force: true }))
})

/** What is dear to make is made once, for whoever is the first to need it. */
const once = <A>(
  make: () => Promise<A>,
  closeOf: (value: A) => () => Promise<unknown>,
): (() => Promise<A>) => {
  let value: Promise<A> | null = null
  return () => {
    value ??= make().then(ready => {
      worlds.push(closeOf(ready))
      return ready
    })
    return value
  }
}

const worlds: Array<() => Promise<unknown>> = []
afterAll(async () => {
  for (const close of worlds) await close()
})
const signInWorld = once(openSignInWorld, world => world.close)
const graphWorld = once(
  async () => {
    const world = await openGraphWorld()
    await world.remove(user(0))
    return world
  },
  world => world.stop,
)
let removed = 0

/** Runs a command in a world in which it succeeds. */
type Run = (options: ReadonlyArray<string>) => Promise<Ran>

const withApi =
  (...argv: ReadonlyArray<string>): Run =>
  async options => {
    const api = await startFakeApi()
    closing.push(api.close)
    return lethe(api.url, [...argv, ...options])
  }

const batchId = '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00'

const withBatch =
  (...argv: ReadonlyArray<string>): Run =>
  async options => {
    const server = await startBulkServer()
    closing.push(server.close)
    for (const n of [1, 2, 3]) server.add(`aaaaaaaa-0000-4000-8000-00000000000${n}`, batchId)
    return lethe(server.url, [...argv, ...options])
  }

const withFile =
  (...more: ReadonlyArray<string>): Run =>
  async options => {
    const server = await startBulkServer()
    closing.push(server.close)
    const path = join(folder, 'people.csv')
    await writeFile(path, `${bobId}\n`)
    return lethe(server.url, ['remove', '--file', path, '--force', ...more, ...options])
  }

/** In a home in which adele is signed in, unless the command does that itself. */
const withSignIn =
  (...argv: ReadonlyArray<string>): Run =>
  async options => {
    const world = await signInWorld()
    if (argv[0] === 'login') return world.logIn('adele', options)
    await world.logIn('adele')
    return world.run([...argv.map(word => word.replace('SERVER', world.api.url)), ...options])
  }

const withGraph =
  (...argv: ReadonlyArray<string>): Run =>
  async options => {
    const world = await graphWorld()
    if (argv[0] === 'remove') return world.remove(user((removed += 1)), options)
    return world.graph([...argv, ...options])
  }

const watching: Run = async options => {
  const api = await startFakeApi()
  closing.push(api.close)
  api.requests = [submitted(1)]
  return watch(api, options, [() => change(api, 1, { state: 'approved' }), () => undefined])
}

const commands: Readonly<Record<string, Run>> = {
  'profiles list': withApi('profiles', 'list'),
  'profiles show': withApi('profiles', 'show', bobId),
  remove: withApi('remove', bobId, '--force'),
  'remove of several': withApi('remove', bobId, annId, '--force'),
  'remove --file': withFile(),
  'remove --file --dry-run': withFile('--dry-run'),
  'requests list': withApi('requests', 'list'),
  'requests export': withApi('requests', 'export'),
  'requests watch': watching,
  'requests show': withApi('requests', 'show', requestId(1)),
  'requests history': withApi('requests', 'history', requestId(1)),
  'requests approve': withApi('requests', 'approve', requestId(1)),
  'requests deny': withApi(
    'requests',
    'deny',
    requestId(1),
    '--code',
    'other',
    '--note',
    '=1+1, "a"\r\nb | \\ 田',
  ),
  'requests withdraw': withApi('requests', 'withdraw', requestId(1)),
  'requests retry': withApi('requests', 'retry', requestId(1)),
  'requests close': withApi('requests', 'close', requestId(1), '--code', 'other', '--note', '=1+1, "a"\r\nb'),
  'batches list': withBatch('batches', 'list'),
  'batches show': withBatch('batches', 'show', batchId),
  'batches approve': withBatch('batches', 'approve', batchId, '--force'),
  'batches deny': withBatch('batches', 'deny', batchId, '--force', '--code', 'duplicate'),
  'batches withdraw': withBatch('batches', 'withdraw', batchId, '--force'),
  'batches retry': withBatch('batches', 'retry', batchId, '--force'),
  login: withSignIn('login'),
  logout: withSignIn('logout'),
  whoami: withSignIn('whoami'),
  'context list': withSignIn('context', 'list'),
  'context use': withSignIn('context', 'use', 'default'),
  'context set': withSignIn('context', 'set', 'other', '--server', 'SERVER'),
  'context remove': async options => {
    const world = await signInWorld()
    await world.run(['context', 'set', 'gone', '--server', world.api.url])
    return world.run(['context', 'remove', 'gone', ...options])
  },
  status: withApi('status'),
  doctor: withSignIn('doctor'),
  completion: withApi('completion', 'bash'),
  version: withApi('version'),
  'graph login': async options => (await graphWorld()).logIn('adele', options),
  'graph logout': withGraph('logout'),
  'graph remove': withGraph('remove'),
  'graph history': withGraph('history', '--tenant', tenantId),
  'graph history --verify': withGraph('history', '--verify'),
  'graph profiles list': withGraph('profiles', 'list', '--limit', '3'),
  'graph profiles show': withGraph('profiles', 'show', bobId),
}

it('is about every command', () => {
  expect(allCommands.filter(command => commands[command] === undefined)).toEqual([])
})

const columnsOf = (line: string): number => line.replaceAll(/\\./g, '').split('|').length
const jsonIn = (text: string): unknown => JSON.parse(text)

describe.each(Object.entries(commands))('lethe %s', (command, run) => {
  it('writes JSON that parses; a watch, an object a line', async () => {
    const { code, stdout } = await run(['-o', 'json'])
    const values = command === 'requests watch' ? stdout.trimEnd().split('\n').map(jsonIn) : [jsonIn(stdout)]
    expect(code).toBe(0)
    expect(values.every(value => value !== null)).toBe(true)
    expect(values.length).toBeGreaterThan(0)
  })

  it('writes CSV that comes back as it was, with rows as wide as the header', async () => {
    const { code, stdout } = await run(['-o', 'csv'])
    const [header = [], ...rows] = readCsv(stdout)
    expect(code).toBe(0)
    expect(header.every(name => /^[A-Za-z]+$/.test(name))).toBe(true)
    expect(new Set(header).size).toBe(header.length)
    expect(rows.length).toBeGreaterThan(0)
    expect(new Set(rows.map(row => row.length))).toEqual(new Set([header.length]))
    expect(writtenAgain([header, ...rows])).toBe(stdout)
  })

  it('writes Markdown tables with as many columns in all rows', async () => {
    const { code, stdout } = await run(['-o', 'md'])
    expect(code).toBe(0)
    for (const table of stdout.trimEnd().split('\n\n')) {
      const lines = table.split('\n')
      expect(lines.length).toBeGreaterThan(2)
      expect(new Set(lines.map(columnsOf)).size).toBe(1)
    }
  })

  it('writes text', async () => {
    const { code, stdout } = await run(['-o', 'text'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/\S\n$/)
    expect(stdout).not.toMatch(/[ \t]\n/)
  })

  it('writes nothing', async () => {
    expect(await run(['-o', 'none'])).toMatchObject({ code: 0, stdout: '' })
  })

  it('writes what --query selects, as JSON too', async () => {
    const { code, stdout } = await run(['--query', 'type(@)', '-o', 'json'])
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')[0]).toMatch(/^"(?:object|array|string)"$/)
  })
})

/** RFC 4180, with quotes where they are needed alone. */
const writtenAgain = (rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  rows.map(row => `${row.map(quoted).join(',')}\r\n`).join('')

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
