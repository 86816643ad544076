import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contoso, type Ending, endings, freePorts, startSandbox } from '@lethe/sandbox'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { Pool } from 'pg'
import { made } from '../made.js'

/** The sandbox, whose twin of Microsoft Graph does everything wrong that it can. */
export interface TwinWorld {
  readonly lethe: string
  readonly token: (person: string) => Promise<string>
  readonly setFaults: (share: number, seed: number) => Promise<void>
  readonly ledger: () => Promise<Ledger>
  readonly asOwner: (text: string) => Promise<ReadonlyArray<unknown>>
  readonly close: () => Promise<void>
}

const Counts = t.record(t.string, t.number)
const Ledger = t.strict({
  people: t.readonlyArray(
    t.strict({
      tenantId: t.string,
      userId: t.string,
      removals: t.number,
      accepted: t.number,
      inVain: t.number,
    }),
  ),
  calls: t.readonlyArray(t.strict({ tenantId: t.string, reads: Counts, writes: Counts })),
})
export type Ledger = t.TypeOf<typeof Ledger>

/** Left out because another ending does the same to Lethe: with every one at 5 % no call would end well. */
const alike: ReadonlyArray<Ending> = ['status503', 'hangBefore']
const wrongEndings = endings.filter(ending => !alike.includes(ending))

export const wrongEndingsCount: number = wrongEndings.length

export const openTwinWorld = async (credential: 'application' | 'delegated'): Promise<TwinWorld> => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-torture-twin-'))
  const [lethePort = 0, identityPort = 0, graphPort = 0, postgresPort = 0] = await freePorts(4)
  const started = await startSandbox(
    {
      lethePort,
      identityPort,
      graphPort,
      postgresPort,
      databaseUrl: null,
      stateFolder: folder,
      reset: false,
    },
    { LETHE_LOG_LEVEL: 'error', LETHE_GRAPH_CREDENTIAL: credential },
    () => undefined,
  )
  if (E.isLeft(started)) throw new Error(`The sandbox cannot start: ${started.left.mistakes.join('; ')}`)
  const { addresses, stop } = started.right
  const password = await readFile(join(folder, 'postgres', 'password'), 'utf8')
  const owner = new Pool({
    host: '127.0.0.1',
    port: postgresPort,
    user: 'postgres',
    password,
    database: 'lethe',
    max: 2,
  })
  return {
    lethe: addresses.lethe,
    token: async person =>
      (
        await fetch(`${addresses.identity}/sandbox/token`, {
          method: 'POST',
          headers: { Accept: 'text/plain' },
          body: JSON.stringify({ as: person }),
        })
      ).text(),
    setFaults: async (share, seed) => {
      const endings = Object.fromEntries(wrongEndings.map(ending => [ending, share]))
      const answer = await fetch(`${addresses.graph}/sandbox/faults`, {
        method: 'PUT',
        body: JSON.stringify({ tenantId: contoso, faults: { endings, hangMs: 1000 }, seed }),
      })
      if (answer.status !== 200) throw new Error(`The twin took no faults: ${await answer.text()}`)
    },
    ledger: async () => made(Ledger, await (await fetch(`${addresses.graph}/sandbox/ledger`)).json()),
    asOwner: async text => {
      const { rows } = await owner.query<object>(text)
      return rows
    },
    close: async () => {
      await owner.end()
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
