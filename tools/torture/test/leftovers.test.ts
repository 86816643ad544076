import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Belongings, checkLeftovers } from '../src/checks/leftovers.js'
import { openLoopbackServer } from '../src/world/loopback-server.js'

const cleaning: Array<() => unknown> = []
afterAll(async () => {
  for (const clean of cleaning) await clean()
})

const gone = (): Belongings => ({
  mark: `mark-${randomUUID()}`,
  processIds: [],
  ports: [],
  folder: join(tmpdir(), `lethe-torture-${randomUUID()}`),
})

describe('what a run leaves behind', () => {
  it('is nothing where everything is gone', async () => {
    expect(await checkLeftovers(gone())).toEqual([])
  })

  it('is found where a process still runs', async () => {
    const own = gone()
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', own.mark], {
      stdio: 'ignore',
    })
    cleaning.push(() => child.kill('SIGKILL'))
    await new Promise(resolve => child.once('spawn', resolve))
    await expect
      .poll(async () =>
        (await checkLeftovers(own)).map(({ rule, saw }) => `${rule}: ${saw.split(':')[0] ?? ''}`),
      )
      .toEqual([`nothingIsLeft: process ${child.pid}`])
  })

  it('is found where somebody still listens', async () => {
    const server = await openLoopbackServer((_, response) => {
      response.end()
    })
    cleaning.push(server.close)
    expect(await checkLeftovers({ ...gone(), ports: [server.port] })).toEqual([
      { rule: 'nothingIsLeft', saw: `port ${server.port}` },
    ])
  })

  it('is found where the folder is still there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lethe-torture-left-'))
    cleaning.push(() => rm(folder, { recursive: true }))
    expect(await checkLeftovers({ ...gone(), folder })).toEqual([
      { rule: 'nothingIsLeft', saw: `folder ${folder}` },
    ])
  })
})
