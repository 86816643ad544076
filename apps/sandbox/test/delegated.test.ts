import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contoso } from '../src/people.js'
import { alice, bob, seedProfiles } from '../src/seed-profiles.js'
import { asking } from './making/asking.js'
import { removeFolders } from './making/folders.js'
import { openSandbox, stateFolder, stopSandboxes } from './making/running.js'

afterAll(async () => {
  await stopSandboxes()
  await removeFolders()
})

/** Somebody else for each removal: the sandbox is one for all tests. */
const [, , third = '', fourth = ''] = [...seedProfiles().values()].flat().map(({ userId }) => userId)

const opened = async () => {
  const folder = await stateFolder()
  const { addresses } = await openSandbox({ LETHE_GRAPH_CREDENTIAL: 'delegated' }, { stateFolder: folder })
  const ask = asking(addresses)
  await ask.sandbox(`${addresses.graph}/sandbox/faults`, { tenantId: contoso, faults: {} })
  return { stateFolder: folder, addresses, ...ask }
}

describe('a removal on behalf of the approver', () => {
  let sandbox: Awaited<ReturnType<typeof opened>>
  beforeAll(async () => {
    sandbox = await opened()
  })

  const setSignIn = (person: string, state: string): Promise<void> =>
    sandbox.sandbox(`${sandbox.addresses.identity}/sandbox/sign-ins/${person}`, { state })

  /** What is kept of sign-ins, as the owner of the database sees it. */
  const kept = async (): Promise<ReadonlyArray<unknown>> => {
    const password = await readFile(join(sandbox.stateFolder, 'postgres', 'password'), 'utf8')
    const [host, port] = sandbox.addresses.postgres.split(':')
    const client = new Client({ host, port: Number(port), user: 'postgres', password, database: 'lethe' })
    await client.connect()
    try {
      const { rows } = await client.query<{ readonly sealed: unknown }>('select sealed from lethe.sign_in')
      return rows
    } finally {
      await client.end()
    }
  }

  test('is done and verified, and leaves nothing of the sign-in', async () => {
    const request = await sandbox.submit(bob)
    expect(await sandbox.act('megan', request, 'approve')).toBe(200)
    expect(await sandbox.ended(request)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
    expect(await kept()).toStrictEqual([])
  })

  test('waits for a sign-in where there is none that holds, and goes on with that of who retries', async () => {
    await setSignIn('megan', 'needsInteraction')
    const request = await sandbox.submit(alice)
    expect(await sandbox.act('megan', request, 'approve')).toBe(200)
    expect(await sandbox.ended(request)).toMatchObject({
      state: 'failed',
      failure: { reason: 'signInRequired' },
    })
    expect(await kept()).toStrictEqual([])

    expect(await sandbox.act('isaiah', request, 'retry')).toBe(200)
    expect(await sandbox.ended(request)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
    await setSignIn('megan', 'ok')
  })

  test('is taken up again by the same person, once their sign-in holds', async () => {
    await setSignIn('megan', 'revoked')
    const request = await sandbox.submit(third)
    await sandbox.act('megan', request, 'approve')
    expect(await sandbox.ended(request)).toMatchObject({ failure: { reason: 'signInRequired' } })
    await setSignIn('megan', 'ok')

    expect(await sandbox.act('megan', request, 'retry')).toBe(200)
    expect(await sandbox.ended(request)).toMatchObject({ state: 'completed' })
  })

  test('keeps the sign-in sealed while the removal cannot be done', async () => {
    const request = await sandbox.submit(fourth)
    await sandbox.sandbox(`${sandbox.addresses.graph}/sandbox/faults`, {
      tenantId: contoso,
      faults: { endings: { status503: 1 } },
    })
    await sandbox.act('megan', request, 'approve')
    await expect.poll(async () => (await sandbox.requestAt(request)).state).toBe('removing')
    const [row, ...more] = await kept()
    expect(more).toStrictEqual([])
    expect(JSON.stringify(row)).toMatch(/^\{"sealed":"[\w.:-]{100,}"\}$/)
    expect(JSON.stringify(row)).not.toContain('eyJ')

    await sandbox.sandbox(`${sandbox.addresses.graph}/sandbox/faults`, { tenantId: contoso, faults: {} })
    expect(await sandbox.ended(request)).toMatchObject({ state: 'completed' })
    expect(await kept()).toStrictEqual([])
  })
})
