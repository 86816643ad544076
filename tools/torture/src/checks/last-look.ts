import { sha256Digest } from '@lethe/adapter-system'
import type { World } from '../world/world.js'
import { checkAll } from './check-all.js'
import type { Looker } from './look.js'
import { letheConnections } from './rows.js'
import type { Seen } from './seen.js'
import { hang } from '../waiting.js'
import { type Violation, violation } from './violation.js'

/** Looks at everything once more, then ends every process as whoever runs Lethe does. */
export const lastLook = async (
  world: World,
  looker: Looker,
): Promise<{ readonly seen: Seen; readonly violations: ReadonlyArray<Violation> }> => {
  const seen = await looker.look(true)
  const endings = await Promise.all(
    world.fleet.members.map(async member => [member, await member.stop(hang)] as const),
  )
  const connections = await letheConnections(world.database.asOwner)
  return {
    seen,
    violations: [
      ...checkAll(sha256Digest.envelope)(seen),
      ...endings
        .filter(([, { exitCode }]) => exitCode !== 0)
        .map(([member, { exitCode, said }]) =>
          violation(
            'endsOnlyWhenKilled',
            `${member.name} was told to stop and ended with ${exitCode ?? 'a signal'}: ${said}`,
          ),
        ),
      ...connections.map(({ name }) =>
        violation('connections', `${name} is open after the processes have ended`),
      ),
    ],
  }
}
