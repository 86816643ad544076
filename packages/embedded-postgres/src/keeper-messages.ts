import * as t from 'io-ts'
import { EmbeddedPostgresRefusal } from './refusal.js'

/** What the keeper is told on its command line, as JSON. */
export const KeeperRequest = t.strict({
  folder: t.string,
  port: t.number,
  settings: t.record(t.string, t.string),
  /** The process that asks. */
  processId: t.number,
})

export type KeeperRequest = t.TypeOf<typeof KeeperRequest>

/** What the keeper is told later: end the server, or end it as a power cut would. */
export const KeeperOrder = t.union([t.literal('stop'), t.literal('kill')])

export type KeeperOrder = t.TypeOf<typeof KeeperOrder>

/** What the keeper says. */
export const KeeperReport = t.union([
  t.strict({ type: t.literal('progress'), text: t.string }),
  t.strict({ type: t.literal('refused'), refusal: EmbeddedPostgresRefusal }),
  t.strict({
    type: t.literal('ready'),
    dataFolder: t.string,
    port: t.number,
    processId: t.number,
    password: t.string,
  }),
])

export type KeeperReport = t.TypeOf<typeof KeeperReport>
