import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { contoso } from '../src/people.js'
import { alice, bob } from '../src/seed-profiles.js'
import { commandLineTour, curlTour } from '../src/tour.js'
import { welcome } from '../src/welcome.js'
import { killChildren, root, runScript, startChild } from './making/child.js'
import { newFolder, removeFolders } from './making/folders.js'
import { freePorts } from './making/ports.js'
import { openSandbox, stopSandboxes } from './making/running.js'

afterEach(async () => {
  killChildren()
  await stopSandboxes()
})
afterAll(removeFolders)

const usual = {
  lethe: 'http://127.0.0.1:8080',
  identity: 'http://127.0.0.1:8081',
  graph: 'http://127.0.0.1:8082',
  postgres: '127.0.0.1:8083',
}

/** Lets the twin of Graph behave: what the tour shows of it is not asked for twice. */
const behave = async ({ graph }: { readonly graph: string }): Promise<void> => {
  const answer = await fetch(`${graph}/sandbox/faults`, {
    method: 'PUT',
    body: JSON.stringify({ tenantId: contoso, faults: {} }),
  })
  expect(answer.status).toBe(200)
}

describe('the tour with curl', () => {
  test.each(['application', 'delegated'])('shows a removal to the end: %s', async credential => {
    const { out: curl } = await runScript('command -v curl')
    expect(curl).toMatch(/curl/)
    const { addresses } = await openSandbox({ LETHE_GRAPH_CREDENTIAL: credential })
    await behave(addresses)
    const { out } = await runScript(curlTour(addresses))
    const shown = [
      'HTTP/1.1 204 No Content',
      `operation-location: ${addresses.lethe}/lethe/v1/removalRequests/`,
      '"state":"pendingApproval"',
      '"state":"approved"',
      '"state":"completed"',
      '"outcome":"verifiedAbsent"',
      'HTTP/1.1 404 Not Found',
      `Resource '${bob}' does not exist`,
    ]
    const places = shown.map(text => out.indexOf(text))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    // Once from Lethe, once from the twin.
    expect(out.match(/HTTP\/1.1 404 Not Found/g)).toHaveLength(2)
  })
})

describe('the tour with curl, of a sandbox that is killed in its middle', () => {
  const middle = '# Megan approves'

  test('goes on where it was', async () => {
    const ports = await freePorts()
    const environment = {
      LETHE_PORT: String(ports.lethe),
      LETHE_SANDBOX_IDENTITY_PORT: String(ports.identity),
      LETHE_SANDBOX_GRAPH_PORT: String(ports.graph),
      LETHE_SANDBOX_POSTGRES_PORT: String(ports.postgres),
      LETHE_SANDBOX_STATE: await newFolder(),
    }
    const launch = async () => {
      const child = startChild(environment)
      await expect.poll(child.stdout).toContain('Lethe is ready.')
      return child
    }
    const [before = '', after = ''] = curlTour({
      lethe: `http://127.0.0.1:${ports.lethe}`,
      identity: `http://127.0.0.1:${ports.identity}`,
      graph: `http://127.0.0.1:${ports.graph}`,
      postgres: `127.0.0.1:${ports.postgres}`,
    }).split(middle)
    const first = await launch()
    const { out: asked } = await runScript(`${before}\ndeclare -p MEGAN REQUEST`)
    expect(asked).toContain('"state":"pendingApproval"')

    first.process.kill('SIGKILL')
    expect(await first.ended).toBeNull()
    await launch()
    await behave({ graph: `http://127.0.0.1:${ports.graph}` })

    const variables = asked.split('\n').filter(line => line.startsWith('declare '))
    const { out: done } = await runScript(`${variables.join('\n')}\n${after}`)
    expect(done).toContain('"state":"approved"')
    expect(done).toContain('"outcome":"verifiedAbsent"')
    expect(done).toContain('HTTP/1.1 404 Not Found')
  })
})

/** Says after each call of `lethe` how it ended. npx takes a second each time: after the first call, what it runs is run. */
const withExitCodes = (tour: string): string =>
  tour
    .split('\n')
    .map(line =>
      line.includes('npx --no lethe') && !line.startsWith('REQUEST') ? `${line}; echo "exit $?"` : line,
    )
    .join('\n')
    .replace('"exit $?"\n', '"exit $?"\nnpx() { shift 2; node_modules/.bin/lethe "$@"; }\n')

describe('the tour with lethe', () => {
  test('shows the same, and ends where there is nothing left to show', async () => {
    const { addresses } = await openSandbox()
    const { out, err } = await runScript(withExitCodes(commandLineTour(addresses)))
    const exits = [...out.matchAll(/^exit (\d+)$/gm)].map(([, code]) => code)
    expect(exits).toEqual(['0', '0', '0', '0', '0', '0', '3'])
    expect(err).toContain(alice)
    const [whoami, profile, remove, approve, show, history, gone] = out.split(/^exit \d+$/m)
    expect(whoami).toContain('submit')
    expect(profile).toContain('alice@fabrikam.example')
    expect(remove).toContain('pendingApproval')
    expect(approve).toMatch(/approved|removing|verifying|completed/)
    expect(show).toContain('completed')
    expect(show).toContain('verifiedAbsent')
    expect(history).toContain('removalCompleted')
    expect(gone?.trim()).toBe('')
  })
})

describe('what is said of the tours', () => {
  test('the README has them word for word', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8')
    expect(readme).toContain(`\n${curlTour(usual)}\n`)
    expect(readme).toContain(`\n${commandLineTour(usual)}\n`)
  })

  test('the welcome has them, for the addresses of this sandbox', () => {
    const lines = new Set(
      welcome(usual)
        .split('\n')
        .map(line => line.trim()),
    )
    const told = `${curlTour(usual)}\n${commandLineTour(usual)}`.split('\n').map(line => line.trim())
    expect(told.filter(line => !lines.has(line))).toEqual([])
  })
})
