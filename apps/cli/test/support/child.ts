import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { token } from './samples.js'

const bin = fileURLToPath(new URL('../../bin/lethe.js', import.meta.url))

/** Starts `lethe` as a process of its own. */
export const startLethe = (
  server: string,
  argv: ReadonlyArray<string>,
  nodeOptions: ReadonlyArray<string> = [],
  env: Readonly<Record<string, string>> = {},
) => {
  const child = spawn(process.execPath, [...nodeOptions, bin, ...argv], {
    env: { LETHE_SERVER: server, LETHE_TOKEN: token, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  const ended = async () => {
    const closed: ReadonlyArray<unknown> = await once(child, 'close')
    return { code: closed[0], signal: closed[1], ...output }
  }
  return { child, output, ended: ended() }
}

/** Runs `lethe` with a stdout that was opened for reading alone, so that no write succeeds. */
export const letheWithoutOutput = async (server: string, argv: ReadonlyArray<string>) => {
  const unwritable = openSync(bin, 'r')
  const child = spawn(process.execPath, [bin, ...argv], {
    env: { LETHE_SERVER: server, LETHE_TOKEN: token },
    stdio: ['ignore', unwritable, 'pipe'],
  })
  closeSync(unwritable)
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const closed: ReadonlyArray<unknown> = await once(child, 'close')
  return { code: closed[0], stderr }
}
