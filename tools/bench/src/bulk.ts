import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as t from 'io-ts'
import { type Figure, rounded } from './figure.js'
import { messageOf } from './messages.js'

const ids = 1_000_000
const Port = t.strict({ port: t.number })
const Peak = t.strict({ residentKilobytes: t.number })

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** `lethe remove --file` with a million ids, as a whole process, against a server that answers at once. */
export const measureBulk = async (): Promise<ReadonlyArray<Figure>> => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-bench-'))
  const server = fork(fileOf('./ready-server.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  try {
    const { port } = await messageOf(server, Port)
    const file = join(folder, 'ids.csv')
    await writeIds(file)
    const started = performance.now()
    const { residentKilobytes } = await removeFile(file, port)
    const seconds = (performance.now() - started) / 1000
    const detail = `${ids} ids in ${rounded(seconds)} s, as a whole process`
    return [
      {
        name: 'bulkResidentMB',
        value: Math.round(residentKilobytes / 1024),
        bar: 150,
        is: 'atMost',
        unit: 'MB',
        detail: `the most that was ever held; ${detail}`,
      },
      {
        name: 'bulkPerSecond',
        value: Math.round(ids / seconds),
        bar: 5000,
        is: 'atLeast',
        unit: 'per second',
        detail,
      },
    ]
  } finally {
    server.disconnect()
    await rm(folder, { recursive: true, force: true })
  }
}

const writeIds = async (file: string): Promise<void> => {
  const out = createWriteStream(file)
  out.write('userId\n')
  for (let n = 0; n < ids; n += 1) if (!out.write(`${randomUUID()}\n`)) await once(out, 'drain')
  out.end()
  await once(out, 'finish')
}

const removeFile = async (file: string, port: number): Promise<t.TypeOf<typeof Peak>> => {
  const lethe = fileURLToPath(import.meta.resolve('@lethe/cli/bin/lethe.js'))
  const child = fork(lethe, ['remove', '--file', file, '--force', '-o', 'none'], {
    execArgv: ['--import', fileOf('./tell-usage.js')],
    env: {
      PATH: process.env['PATH'],
      LETHE_SERVER: `http://127.0.0.1:${port}`,
      LETHE_TOKEN: 'a-token',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  // Its channel alone must not keep it going.
  child.channel?.unref()
  const ended = once(child, 'exit')
  const peak = await messageOf(child, Peak)
  await ended
  if (child.exitCode !== 0) throw new Error('The program that was to be measured failed')
  return peak
}
