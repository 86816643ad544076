import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Child, killChildren, startChild } from './making/child.js'
import { newFolder, removeFolders } from './making/folders.js'
import { halfAsked } from './making/half-asked.js'
import { freePorts, isFree, occupy } from './making/ports.js'

afterEach(killChildren)
afterAll(removeFolders)

const patient = { timeout: 30_000 }

const launch = async (args: ReadonlyArray<string> = []) => {
  const ports = await freePorts()
  const environment = {
    LETHE_PORT: String(ports.lethe),
    LETHE_SANDBOX_IDENTITY_PORT: String(ports.identity),
    LETHE_SANDBOX_GRAPH_PORT: String(ports.graph),
    LETHE_SANDBOX_POSTGRES_PORT: String(ports.postgres),
    LETHE_SANDBOX_STATE: await newFolder(),
    LETHE_SHUTDOWN_SECONDS: '1',
  }
  return { child: startChild(environment, args), ports, environment }
}

const ready = async (child: Child): Promise<void> => {
  await expect.poll(child.stdout, patient).toContain('Lethe is ready.')
}

describe('the process of the sandbox', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'says when it is ready, and leaves nothing behind on %s',
    async signal => {
      const { child, ports } = await launch()
      await ready(child)
      expect(child.stdout()).toContain(`http://127.0.0.1:${ports.lethe}`)
      expect((await fetch(`http://127.0.0.1:${ports.lethe}/healthz/ready`)).status).toBe(200)
      child.process.kill(signal)
      expect(await child.ended).toBe(0)
      expect(await isFree(ports.lethe)).toBe(true)
      expect(await isFree(ports.identity)).toBe(true)
      expect(await isFree(ports.graph)).toBe(true)
      await expect.poll(() => isFree(ports.postgres), patient).toBe(true)
      expect(child.stderr()).toBe('')
    },
  )

  test('ends once, however often it is told', async () => {
    const { child, ports } = await launch()
    await ready(child)
    const letGo = await halfAsked(ports.lethe)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGINT'] as const) child.process.kill(signal)
    child.process.disconnect()
    expect(await child.ended).toBe(0)
    letGo()
    expect(child.stderr()).toBe('')
  })

  test('ends when the process that started it is gone', async () => {
    const { child, ports } = await launch()
    await ready(child)
    child.process.disconnect()
    const code = await child.ended
    expect({ code, said: child.stderr() }).toMatchObject({ code: 0 })
    expect(await isFree(ports.lethe)).toBe(true)
    expect(await isFree(ports.identity)).toBe(true)
    expect(await isFree(ports.graph)).toBe(true)
    await expect.poll(() => isFree(ports.postgres), patient).toBe(true)
  })

  test('ends when that process is gone before it is ready, too', async () => {
    const { child, ports } = await launch()
    child.process.disconnect()
    expect(await child.ended).toBe(0)
    expect(await isFree(ports.lethe)).toBe(true)
    expect(await isFree(ports.identity)).toBe(true)
    expect(await isFree(ports.graph)).toBe(true)
    await expect.poll(() => isFree(ports.postgres), patient).toBe(true)
  })

  test('leaves no PostgreSQL behind when it is killed, and comes back with what it had', async () => {
    const { child, ports, environment } = await launch()
    await ready(child)
    child.process.kill('SIGKILL')
    expect(await child.ended).toBeNull()
    await expect.poll(() => isFree(ports.postgres), patient).toBe(true)

    const again = startChild(environment)
    await ready(again)
    expect((await fetch(`http://127.0.0.1:${ports.lethe}/healthz/ready`)).status).toBe(200)
  })

  test.each([
    ['LETHE_PORT', 'lethe', 'Lethe'],
    ['LETHE_SANDBOX_IDENTITY_PORT', 'identity', 'The identity provider'],
    ['LETHE_SANDBOX_GRAPH_PORT', 'graph', 'The Graph twin'],
    ['LETHE_SANDBOX_POSTGRES_PORT', 'postgres', 'PostgreSQL'],
  ] as const)('says that %s is in use, and ends with 1', async (name, which, who) => {
    const ports = await freePorts()
    const release = await occupy(ports[which])
    try {
      const child = startChild({
        LETHE_PORT: String(ports.lethe),
        LETHE_SANDBOX_IDENTITY_PORT: String(ports.identity),
        LETHE_SANDBOX_GRAPH_PORT: String(ports.graph),
        LETHE_SANDBOX_POSTGRES_PORT: String(ports.postgres),
        LETHE_SANDBOX_STATE: await newFolder(),
      })
      expect(await child.ended).toBe(1)
      expect(child.stderr()).toBe(
        `The sandbox cannot start:\n${who} cannot listen on port ${ports[which]}; set ${name} to another one.\n`,
      )
      expect(child.stdout()).toBe('')
    } finally {
      await release()
    }
  })

  test('says all that is wrong with its settings, and ends with 1', async () => {
    const child = startChild({ LETHE_PORT: 'hunter2', LETHE_SANDBOX_IDENTITY_PORT: 'hunter2' }, ['--rest'])
    expect(await child.ended).toBe(1)
    expect(child.stderr()).toBe(
      'The sandbox cannot start:\nExpected no argument but --reset\nLETHE_PORT: expected a port, 1 to 65535\nLETHE_SANDBOX_IDENTITY_PORT: expected a port, 1 to 65535\n',
    )
  })
})
