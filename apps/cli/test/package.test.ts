import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as t from 'io-ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decoded } from './support/decoded.js'

const run = promisify(execFile)
const source = fileURLToPath(new URL('..', import.meta.url))
const Packed = t.readonlyArray(
  t.type({ filename: t.string, files: t.readonlyArray(t.type({ path: t.string })) }),
)

let folder: string
let files: ReadonlyArray<string>
const here = () => ({
  PATH: process.env['PATH'],
  HOME: folder,
  npm_config_cache: join(folder, 'cache'),
  npm_config_offline: 'true',
  npm_config_update_notifier: 'false',
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lethe-package-'))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: source,
    env: here(),
  })
  const [packed] = decoded(Packed, JSON.parse(stdout))
  files = packed?.files.map(({ path }) => path) ?? []
  // Without a network: it must need no other package.
  await run('npm', ['install', '--global', '--prefix', folder, join(folder, packed?.filename ?? '')], {
    cwd: folder,
    env: here(),
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const installed = (...argv: ReadonlyArray<string>) =>
  run(join(folder, 'bin', 'lethe'), argv, { cwd: folder, env: here() })

describe('the package', () => {
  it('holds the program, its licences and what to read first, and nothing else', () => {
    expect(files.filter(path => !path.startsWith('dist/chunks/')).toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'bin/lethe.js',
      'dist/lethe.js',
      'dist/third-party-licenses.txt',
      'package.json',
    ])
  })

  it('runs where no other package is', async () => {
    expect(await readdir(join(folder, 'lib', 'node_modules', '@lethe'))).toEqual(['cli'])
    expect(await readdir(join(folder, 'lib', 'node_modules'))).toEqual(['@lethe'])
    expect(await installed('version')).toEqual({ stdout: '0.1.0\n', stderr: '' })
    expect((await installed('--help')).stdout).toContain('Usage: lethe')
  })

  it('finds its chunks', async () => {
    expect((await installed('version', '--query', 'length(@)')).stdout).toBe('5\n')
  })

  it('has the licence of everything that was bundled', async () => {
    const licences = await readFile(join(source, 'dist', 'third-party-licenses.txt'), 'utf8')
    for (const name of ['commander', 'fp-ts', 'io-ts', '@jmespath-community/jmespath'])
      expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'))
  })
})
