import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Child, killChildren, startChild } from './making/child.js'
import { removeFolders } from './making/folders.js'
import { halfAsked } from './making/half-asked.js'
import { freePorts, isFree, occupy } from './making/ports.js'
import { stateFolder } from './making/running.js'

afterEach(killChildren)
afterAll(removeFolders)

const launch = async (args: ReadonlyArray<string> = []) => {
  const ports = await freePorts()
  const environment = {
    LETHE_PORT: String(ports.lethe),
    LETHE_SANDBOX_IDENTITY_PORT: String(ports.identity),
    LETHE_SANDBOX_GRAPH_PORT: String(ports.graph),
    LETHE_SANDBOX_POSTGRES_PORT: String(ports.postgres),
    LETHE_SANDBOX_STATE: await stateFolder(),
    LETHE_SHUTDOWN_SECONDS: '1',
  }
  return { child: startChild(environment, args), ports, environment }
}

const readiness = async (port: number): Promise<number> =>
  (await fetch(`http://127.0.0.1:${port}/healthz/ready`)).status

const ready = async (child: Child): Promise<void> => {
  await expect.poll(child.stdout).toContain('Lethe is ready.')
}

describe('the process of the sandbox', () => {
  test.each(['SIGTERM', 'SIGHUP'] as const)(
    'says when it is ready, and leaves nothing behind on %s',
    async signal => {
      const { child, ports } = await launch()
      await ready(child)
      expect(child.stdout()).toContain(`http://127.0.0.1:${ports.lethe}`)
      await expect.poll(() => readiness(ports.lethe)).toBe(200)
      child.process.kill(signal)
      expect(await child.ended).toBe(0)
      expect(await isFree(ports.lethe)).toBe(true)
      expect(await isFree(ports.identity)).toBe(true)
      expect(await isFree(ports.graph)).toBe(true)
      await expect.poll(() => isFree(ports.postgres)).toBe(true)
      expect(child.stderr()).toBe('')
    },
  )

  test('ends once on SIGINT, however often it is told', async () => {
    const { child, ports } = await launch()
    await ready(child)
    const letGo = await halfAsked(ports.lethe)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGINT'] as const) child.process.kill(signal)
    child.process.disconnect()
    expect(await child.ended).toBe(0)
    letGo()
    await expect.poll(() => isFree(ports.postgres)).toBe(true)
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
    await expect.poll(() => isFree(ports.postgres)).toBe(true)
  })

  test('ends when that process is gone before it is ready, too', async () => {
    const { child, ports } = await launch()
    child.process.disconnect()
    expect(await child.ended).toBe(0)
    expect(await isFree(ports.lethe)).toBe(true)
    expect(await isFree(ports.identity)).toBe(true)
    expect(await isFree(ports.graph)).toBe(true)
    await expect.poll(() => isFree(ports.postgres)).toBe(true)
  })

  test('leaves no PostgreSQL behind when it is killed, and comes back with what it had', async () => {
    const { child, ports, environment } = await launch()
    await ready(child)
    child.process.kill('SIGKILL')
    expect(await child.ended).toBeNull()
    await expect.poll(() => isFree(ports.postgres)).toBe(true)

    const again = startChild(environment)
    await ready(again)
    await expect.poll(() => readiness(ports.lethe)).toBe(200)
  })

  test('says that a port is in use, and ends with 1', async () => {
    const ports = await freePorts()
    const release = await occupy(ports.identity)
    try {
      const child = startChild({
        LETHE_PORT: String(ports.lethe),
        LETHE_SANDBOX_IDENTITY_PORT: String(ports.identity),
        LETHE_SANDBOX_GRAPH_PORT: String(ports.graph),
        LETHE_SANDBOX_POSTGRES_PORT: String(ports.postgres),
        LETHE_SANDBOX_STATE: await stateFolder(),
      })
      expect(await child.ended).toBe(1)
      expect(child.stderr()).toBe(
        `The sandbox cannot start:\nThe identity provider cannot listen on port ${ports.identity}; set LETHE_SANDBOX_IDENTITY_PORT to another one.\n`,
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
