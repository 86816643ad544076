import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inMemoryStore } from '@lethe/adapter-memory'
import { sha256Digest, systemClock } from '@lethe/adapter-system'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDataPlane } from '../src/open-data-plane.js'
import { readCredential } from '../src/read-credential.js'
import { rightOf } from './making/decoded.js'
import { keepLog } from './making/log-lines.js'
import { bob, contoso } from './making/places.js'
import { graphConfigAt } from './making/scripted-graph.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lethe-api-'))
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  await writeFile(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  await writeFile(join(folder, 'token'), 'an assertion')
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

describe('what Lethe proves its identity with', () => {
  test('is an assertion that is read anew each time', async () => {
    const path = join(folder, 'token')
    const credential = rightOf(await readCredential({ kind: 'federatedTokenFile', path }))
    if (credential.kind !== 'federated') throw new Error('Expected a federated credential')
    expect(await credential.assertion()).toBe('an assertion')
    await writeFile(path, 'a fresh one\n')
    expect(await credential.assertion()).toBe('a fresh one')
  })

  test.each([
    ['certificateFile', 'nowhere', 'LETHE_GRAPH_CERTIFICATE_FILE'],
    ['certificateFile', 'key.pem', 'LETHE_GRAPH_CERTIFICATE_FILE'],
    ['certificateFile', 'token', 'LETHE_GRAPH_CERTIFICATE_FILE'],
    ['federatedTokenFile', 'nowhere', 'LETHE_GRAPH_FEDERATED_TOKEN_FILE'],
  ] as const)('is refused as %s in %s, by its name alone', async (kind, name, setting) => {
    const refused = await readCredential({ kind, path: join(folder, name) })
    if (E.isRight(refused)) throw new Error('Expected a mistake')
    expect(refused.left.mistakes).toHaveLength(1)
    expect(refused.left.mistakes[0]).toMatch(new RegExp(`^${setting}: expected`))
    expect(refused.left.mistakes[0]).not.toContain(folder)
  })
})

describe('the data plane over Graph', () => {
  /** An address that takes connections and fails every request. */
  const failing = async () => {
    const server = createServer((_, response) => {
      response.statusCode = 500
      response.end()
    })
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const address = server.address()
    return {
      address: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
      close: async () =>
        new Promise<void>(resolve => {
          server.close(() => {
            resolve()
          })
          server.closeAllConnections()
        }),
    }
  }

  test('calls nobody until it is asked, says that Graph is out of reach, and lets go of everything', async () => {
    const graph = await failing()
    const { log, lines } = keepLog()
    const store = inMemoryStore({ digest: sha256Digest, clock: systemClock, leaseSeconds: 60 })
    const data = rightOf(await openDataPlane(graphConfigAt(graph.address), new Map(), store, log))
    expect(await data.health?.([contoso])).toStrictEqual({
      closed: 0,
      open: 0,
      halfOpen: 0,
      blockedBy: { credential: 0, permission: 0 },
    })
    expect(await data.healthOf?.(contoso)).toStrictEqual({
      state: 'closed',
      sinceDateTime: null,
      blockedBy: null,
    })
    expect(data.delegation).toBeUndefined()

    const found = await data.inboundProfiles.get(contoso, bob.userId)()

    expect(found).toMatchObject(E.left({ _tag: 'Unavailable' }))
    expect(await data.health?.([contoso])).toStrictEqual({
      closed: 1,
      open: 0,
      halfOpen: 0,
      blockedBy: { credential: 0, permission: 0 },
    })
    expect(JSON.stringify(lines)).toContain('no token for Graph')
    for (const secret of ['hunter2', bob.userId, graph.address])
      expect(JSON.stringify(lines)).not.toContain(secret)
    await data.close?.()
    await graph.close()
  })
})
