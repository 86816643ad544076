import type { DataHolder } from '@lethe/application'
import type { RemovalRequestId } from '@lethe/domain'
import { type WatchedHolder, watched } from './accounts.js'
import { approved, retried, submitted } from './acts.js'
import {
  type ReadBackScript,
  type RemoveScript,
  retryLater,
  scripted,
  unknownOutcome,
} from './scripted-holder.js'
import { workFor } from './worker.js'
import { createWorld, readBacks, type World } from './world.js'

/** A removal that is approved and has its job. */
export interface Prepared {
  readonly world: World
  readonly id: RemovalRequestId
  readonly holders: ReadonlyArray<WatchedHolder>
}

interface Script {
  readonly removes?: ReadonlyArray<RemoveScript>
  readonly readBacks?: ReadonlyArray<ReadBackScript>
}

const prepare = async (...scripts: ReadonlyArray<Script>): Promise<Prepared> => {
  const world = createWorld({ approval: { mode: 'approvers', required: 2 } })
  const { request } = await submitted(world)
  const { id } = request
  const data = [world.graphData.holder, world.crmData.holder]
  const holders = scripts.flatMap((script, index) => {
    const inner = data[index]
    const between = (holder: DataHolder) => scripted(holder, world.clock.now, script)
    return inner === undefined ? [] : [watched(world, () => id, inner, between)]
  })
  world.configure(holders)
  await approved(world, id, world.megan)
  await approved(world, id, world.isaiah)
  return { world, id, holders }
}

/** Each removal that must come out the same way whatever happens to those who work on it. */
export const scenarios: ReadonlyArray<{
  readonly name: string
  readonly prepare: () => Promise<Prepared>
}> = [
  { name: 'one holder', prepare: async () => prepare({}) },
  { name: 'two holders', prepare: async () => prepare({}, {}) },
  {
    name: 'a holder that asks to wait',
    prepare: async () => prepare({ removes: [{ problem: retryLater(600), effect: false }] }, {}),
  },
  {
    name: 'an unknown outcome that took effect',
    prepare: async () =>
      prepare({ removes: [{ problem: unknownOutcome, effect: true }], readBacks: [unknownOutcome] }),
  },
  {
    name: 'an unknown outcome without effect',
    prepare: async () => prepare({ removes: [{ problem: unknownOutcome, effect: false }] }),
  },
  {
    name: 'a profile that stays for a while',
    prepare: async () => prepare({ readBacks: ['present', 'present'] }),
  },
  {
    name: 'a retry of what was still present',
    prepare: async () => {
      const prepared = await prepare({ removes: ['acceptedWithoutEffect'] })
      const { world, id } = prepared
      await workFor(world, readBacks.giveUpAfterSeconds + 86_400, 21_600)
      await retried(world, id, world.adele)
      return prepared
    },
  },
]
