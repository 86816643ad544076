import { spawn } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { closeLater } from './closing.js'
import type { Lethe } from './lethe.js'

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const packages = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** Runs a script of the page in a process of its own that trusts Lethe's certificate, as somebody does who pastes it. */
export const run = async (language: string, script: string, lethe: Lethe): Promise<Ran> => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-clients-'))
  closeLater(() => rm(folder, { recursive: true, force: true }))
  const certificate = join(folder, 'lethe.pem')
  await writeFile(certificate, lethe.certificate?.cert ?? '')
  await symlink(packages, join(folder, 'node_modules'))
  const file = join(folder, language === 'js' ? 'script.mjs' : 'script.sh')
  await writeFile(file, script)
  const child = spawn(language === 'js' ? process.execPath : 'bash', [file], {
    env: {
      PATH: process.env['PATH'],
      LETHE: lethe.origin,
      TOKEN: await lethe.tokenOf('adele'),
      NODE_EXTRA_CA_CERTS: certificate,
      CURL_CA_BUNDLE: certificate,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  closeLater(async () => {
    child.kill('SIGKILL')
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, out, err }
}
