import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startBulkServer } from './support/bulk-server.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe, type World } from './support/fake-io.js'
import { annId, bobId, profile, removalRequest, requestId, token } from './support/samples.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
  api.requests = [
    removalRequest({ id: requestId(1), state: 'pendingApproval' }),
    removalRequest({ id: requestId(2), state: 'failed' }),
    removalRequest({ id: requestId(3), state: 'completed' }),
  ]
})
afterEach(() => api.close())

/** What is offered where the cursor is at the end of a line. */
const offered = async (line: string, world: World = {}): Promise<ReadonlyArray<string>> => {
  const words = line.split(' ')
  const { code, stdout, stderr } = await lethe(
    api.url,
    ['__complete', `--at=${words.at(-1) ?? ''}`, ...words.slice(0, -1)],
    world,
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
    .split('\n')
    .slice(0, -1)
    .map(each => each.split('\t')[0] ?? '')
}

describe('what may stand at the cursor', () => {
  it.each([
    ['w', ['whoami']],
    ['requests re', ['retry']],
    ['requests --output json re', ['retry']],
    ['requests list --due', ['--due-before']],
    ['--ver', ['--version', '--verbose']],
    ['whoami -o j', ['json']],
    ['whoami --output=j', ['--output=json']],
    ['whoami "--output=j', ['--output=json']],
    ['requests deny x --code le', ['legalObligation', 'legalClaims']],
    ['requests retry --reason sign', ['signInRequired']],
    ['requests list --state fail', ['failed']],
    ['requests list --state failed,comp', ['failed,completed']],
    ['requests list --state failed,fail', []],
    ['completion f', ['fish']],
    ['completion fish ', []],
    ['nonsense ', []],
    ['nonsense --nonsense ', []],
  ])('of %j', async (line, expected) => {
    expect(await offered(line)).toEqual(expected)
    expect(api.received).toEqual([])
  })

  it('of nothing is every command, and not the one that is asked', async () => {
    const all = await offered('')
    expect(all).toEqual(expect.arrayContaining(['remove', 'requests', 'doctor', 'completion', 'help']))
    expect(all).not.toContain('__complete')
  })

  it.each([
    ['requests show ', [1, 2, 3]],
    ['requests history ', [1, 2, 3]],
    ['requests approve ', [1]],
    ['requests deny ', [1]],
    ['requests withdraw ', [1, 2]],
    ['requests retry ', [2]],
    [`requests show ${requestId(3)}`, [3]],
    [`requests show ${requestId(1)} `, []],
    [`requests approve ${requestId(1)} `, []],
    [`requests withdraw ${requestId(1)} `, [2]],
  ])('of %j are the ids of requests that fit', async (line, expected) => {
    expect((await offered(line)).toSorted()).toEqual(expected.map(requestId))
  })

  it.each([
    ['batches show ', ['0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00', '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f01']],
    ['batches approve ', ['0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f01']],
    ['batches deny ', ['0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f01']],
    ['batches withdraw ', ['0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f01']],
    ['batches retry ', []],
    ['batches show 0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00 ', []],
    ['requests list --batch 0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00', ['0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00']],
    ['remove --batch=0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f01', ['--batch=0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f01']],
  ])('of %j are the ids of batches that fit', async (line, expected) => {
    const server = await startBulkServer()
    server.add(bobId, '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00').state = 'denied'
    server.add(annId, '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f01')
    const found = await offered(line, { env: { LETHE_SERVER: server.url } })
    await server.close()
    expect(found.toSorted()).toEqual(expected)
  })

  it.each([
    ['requests list --user ', [bobId]],
    ['graph history --user ', []],
    ['requests list --due-before ', []],
  ])('of %j are the profiles, where there is a server', async (line, expected) => {
    expect(await offered(line)).toEqual(expected)
  })

  it('of remove are the profiles that are not named yet', async () => {
    api.profiles = [profile(), profile({ userId: annId })]
    expect(await offered('remove ')).toEqual([bobId, annId])
    expect(await offered(`remove ${bobId} `)).toEqual([annId])
  })

  it('are fifty at most, found by what was typed among many more', async () => {
    api.pageSize = 500
    api.requests = Array.from({ length: 200 }, (_, n) => removalRequest({ id: requestId(n + 1) }))
    expect(await offered('requests show ')).toHaveLength(50)
    expect(await offered(`requests show ${requestId(7)}`)).toEqual([requestId(7)])
  })

  it('are asked of the server that the line names', async () => {
    const env = { LETHE_SERVER: 'http://127.0.0.1:9' }
    expect(await offered(`--server ${api.url} requests retry `, { env })).toEqual([requestId(2)])
    expect(await offered(`requests retry --server=${api.url} `, { env })).toEqual([requestId(2)])
  })

  it('are asked of the server that the line names in quotes, too', async () => {
    const env = { LETHE_SERVER: 'http://127.0.0.1:9' }
    for (const server of [`"${api.url}"`, `'${api.url}'`, api.url.replaceAll(':', '\\:')])
      expect(await offered(`--server ${server} requests retry `, { env })).toEqual([requestId(2)])
  })

  it.each([
    ['nobody is signed in', { env: { LETHE_TOKEN: '' } }],
    ['the address is none', { env: { LETHE_SERVER: 'nonsense' } }],
    ['the server is away', { env: { LETHE_SERVER: 'http://127.0.0.1:9' } }],
    ['the token is refused', { env: { LETHE_TOKEN: 'x' } }],
  ])('are no ids where %s, without a word', async (_, world) => {
    expect(await offered('requests show ', world)).toEqual([])
  })

  it('is not waited for', async () => {
    let aborted = false
    const silent: World = {
      fetch: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            aborted = true
            reject(new DOMException('', 'TimeoutError'))
          })
        }),
    }
    expect(await offered('requests show ', silent)).toEqual([])
    expect(aborted).toBe(true)
  })
})

describe('contexts', () => {
  let home: string
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'lethe-completion-'))
  })
  afterAll(() => rm(home, { recursive: true, force: true }))
  beforeEach(async () => {
    await lethe(api.url, ['context', 'set', 'prod', '--server', 'http://127.0.0.1:9'], { home })
    await lethe(api.url, ['context', 'set', 'test', '--server', api.url], { home })
  })

  it.each([
    ['context use ', ['prod', 'test']],
    ['context remove t', ['test']],
    ['context use prod ', []],
    ['whoami --context p', ['prod']],
    ['whoami --context=p', ['--context=prod']],
    ['whoami ', []],
  ])('stand at the cursor of %j', async (line, expected) => {
    expect(await offered(line, { home })).toEqual(expected)
    expect(api.received).toEqual([])
  })

  it('that the line names are those whose ids are offered', async () => {
    const world = { home, env: { LETHE_SERVER: '' } }
    expect(await offered('--context test requests retry ', world)).toEqual([requestId(2)])
    expect(await offered('requests retry --context=prod ', world)).toEqual([])
  })

  it('are none where their file cannot be read', async () => {
    expect(await offered('context use ')).toEqual([])
  })
})

describe('the script', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])(
    'for %s asks lethe, with the word at the cursor',
    async shell => {
      const { code, stdout, stderr } = await lethe(api.url, ['completion', shell], {
        env: { LETHE_TOKEN: '' },
      })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(/lethe __complete "--at=\$/)
      expect(stdout).not.toMatch(/undefined|\r/)
      expect(stdout).toContain(':files')
      expect(stdout.split('\n').length).toBeGreaterThan(8)
    },
  )

  it.each([
    ['zsh', "compset -P 1 '--*='"],
    ['fish', "string match -r -- '^--[^=]+='"],
  ])('for %s completes files after =, too', async (shell, text) => {
    expect((await lethe(api.url, ['completion', shell])).stdout).toContain(text)
  })

  it('is for four shells', async () => {
    expect(await lethe(api.url, ['completion', 'tcsh'])).toMatchObject({ code: 2, stdout: '' })
  })

  it('is JSON where that is asked for', async () => {
    const { stdout } = await lethe(api.url, ['completion', 'bash', '-o', 'json'])
    expect(JSON.parse(stdout)).toContain('complete -F _lethe lethe')
  })
})

describe('bash', () => {
  const run = promisify(execFile)
  const bin = fileURLToPath(new URL('../bin/lethe.js', import.meta.url))
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lethe-completion-'))
    await writeFile(join(folder, 'lethe'), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`)
    await chmod(join(folder, 'lethe'), 0o755)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** Completes the last word as readline does, which breaks words at `=` too. */
  const completes = (...words: ReadonlyArray<string>) => completesIn({}, ...words)
  const completesIn = async (env: Readonly<Record<string, string>>, ...words: ReadonlyArray<string>) => {
    const script = `
      source <(lethe completion bash)
      complete -p lethe
      COMP_WORDS=(lethe "$@"); COMP_CWORD=$#
      _lethe
      printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = await run('bash', ['--norc', '-c', script, 'bash', ...words], {
      env: {
        PATH: `${folder}:${process.env['PATH'] ?? ''}`,
        LETHE_SERVER: api.url,
        LETHE_TOKEN: token,
        ...env,
      },
    })
    expect(stderr).toBe('')
    const [registered, ...replies] = stdout.trimEnd().split('\n')
    expect(registered).toBe('complete -F _lethe lethe')
    return replies
  }

  it('completes commands', async () => {
    expect(await completes('requests', 'a')).toEqual(['approve'])
  })

  it('completes the first word, and an empty one', async () => {
    expect(await completes('')).toEqual(expect.arrayContaining(['remove', 'requests']))
  })

  it('completes choices after a blank and after =', async () => {
    expect(await completes('whoami', '-o', 'j')).toEqual(['json'])
    expect(await completes('whoami', '--output', '=', 'j')).toEqual(['json'])
    expect(await completes('whoami', '--output', '=')).toContain('json')
  })

  it('completes live ids', async () => {
    expect(await completes('requests', 'retry', '')).toEqual([requestId(2)])
    expect(await completes('requests', 'close', '')).toEqual([requestId(2)])
  })

  it('completes live ids of a server that the line names, which readline breaks at its colons', async () => {
    const { port } = new URL(api.url)
    const address = ['http', ':', '//127.0.0.1', ':', port]
    const nowhere = { LETHE_SERVER: 'http://127.0.0.1:9' }
    const after = ['requests', 'retry', '']
    expect(await completesIn(nowhere, '--server', ...address, ...after)).toEqual([requestId(2)])
    expect(await completesIn(nowhere, '--server', '=', ...address, ...after)).toEqual([requestId(2)])
  })
})
