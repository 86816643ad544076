import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { alice, bob } from '../src/seed-profiles.js'
import { commandLineTour, curlTour } from '../src/tour.js'
import { welcome } from '../src/welcome.js'
import { killChildren, root, runScript } from './making/child.js'
import { removeFolders } from './making/folders.js'
import { openSandbox, stopSandboxes } from './making/running.js'

afterEach(async () => {
  killChildren()
  await stopSandboxes()
})
afterAll(removeFolders)

const usual = { lethe: 'http://127.0.0.1:8080', identity: 'http://127.0.0.1:8081' }

describe('the tour with curl', () => {
  test('shows a removal from the request to the end', async () => {
    const { out: curl } = await runScript('command -v curl')
    expect(curl).toMatch(/curl/)
    const { addresses } = await openSandbox()
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
  })
})

/** Says after each call of `lethe` how it ended. */
const withExitCodes = (tour: string): string =>
  tour
    .split('\n')
    .map(line =>
      line.includes('npx --no lethe') && !line.startsWith('REQUEST') ? `${line}; echo "exit $?"` : line,
    )
    .join('\n')

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
