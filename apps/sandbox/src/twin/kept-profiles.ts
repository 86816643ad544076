import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type DataPlane, memoryDataPlane, type Profiles } from '@lethe/api'
import { TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { lingering } from './lingering.js'
import type { RemovalEffects } from './removal-effects.js'

/** Somebody whose profile was removed. */
interface Removed {
  readonly tenantId: TenantId
  readonly userId: UserId
}

/** A tenant's data that is kept: who was removed once is not there again after a restart. */
export interface KeptProfiles {
  readonly data: DataPlane
  readonly close: () => Promise<void>
}

/**
 * Profiles in memory, whose removals are written down before they are confirmed.
 *
 * @param file a line for each removal; made where there is none.
 * @param seed the profiles before any removal.
 */
export const openKeptProfiles = async (
  file: string,
  seed: Profiles,
  effects: RemovalEffects,
): Promise<KeptProfiles> => {
  await mkdir(dirname(file), { recursive: true })
  const removed = removalsIn(await textOf(file))
  const journal = await open(file, 'a', 0o600)
  const plane = lingering(memoryDataPlane(without(seed, removed)), effects)
  return {
    data: {
      inboundProfiles: plane.inboundProfiles,
      dataHolders: {
        of: tenantId =>
          plane.dataHolders.of(tenantId).map(holder => ({
            ...holder,
            remove: removal =>
              pipe(
                TE.fromTask(async () => {
                  // A line of its own, even where the one before was cut off.
                  await journal.appendFile(`\n${removal.tenantId} ${removal.userId}\n`)
                  await journal.sync()
                }),
                TE.flatMap(() => holder.remove(removal)),
                TE.tapIO(outcome => () => {
                  if (outcome === 'removed') effects.onRemoval(removal.tenantId, removal.userId)
                  effects.onDone(removal.requestId)
                }),
              ),
          })),
      },
    },
    close: () => journal.close(),
  }
}

const without = (seed: Profiles, removed: ReadonlyArray<Removed>): Profiles => {
  const gone = new Set(removed.map(({ tenantId, userId }) => `${tenantId} ${userId}`))
  return new Map(
    [...seed].map(([tenantId, profiles]) => [
      tenantId,
      profiles.filter(({ userId }) => !gone.has(`${tenantId} ${userId}`)),
    ]),
  )
}

const removalsIn = (text: string): ReadonlyArray<Removed> =>
  text.split('\n').flatMap(line => {
    const [tenantId, userId] = line.split(' ')
    const [tenant, user] = [TenantId.decode(tenantId), UserId.decode(userId)]
    return E.isRight(tenant) && E.isRight(user) ? [{ tenantId: tenant.right, userId: user.right }] : []
  })

const textOf = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
