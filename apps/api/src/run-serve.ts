import * as E from 'fp-ts/lib/Either.js'
import { type BadConfig, decodeConfig, injectedSettings, unknownSettings } from './config.js'
import { createLog } from './log.js'
import { openDataPlane } from './open-data-plane.js'
import { openStore } from './open-store.js'
import { readProfiles } from './profiles-file.js'
import type { Role } from './role.js'
import { addressProblem } from './server.js'
import { stopOnSignals } from './signals.js'
import { startApi } from './start.js'

/** Runs in a role until it is told to stop. */
export const runServe = async (
  role: Role,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<E.Either<BadConfig, null>> => {
  const config = decodeConfig(environment, role)
  const profiles = await readProfiles(environment['LETHE_PROFILES_FILE'] ?? '')
  if (E.isLeft(config) || E.isLeft(profiles))
    return E.left({
      _tag: 'BadConfig',
      mistakes: [config, profiles].flatMap(read => (E.isLeft(read) ? read.left.mistakes : [])),
    })
  const log = createLog(config.right.logLevel)
  const unknown = unknownSettings(environment)
  if (unknown.length > 0) log.warn({ unknown }, 'these settings are not known')
  const injected = injectedSettings(environment).length
  if (injected > 0)
    log.warn(
      { injected },
      'Kubernetes sets variables for a service called lethe: set enableServiceLinks: false in the pod',
    )
  const store = await openStore(config.right, role, log)
  if (E.isLeft(store)) return store
  const data = await openDataPlane(config.right.dataPlane, profiles.right, store.right.ports, log)
  if (E.isLeft(data)) {
    await store.right.close()
    return data
  }
  try {
    const api = await startApi(config.right, role, store.right, data.right, log)
    stopOnSignals(api.stop)
    return E.right(null)
  } catch (error) {
    const problem = addressProblem(error)
    if (problem === null) throw error
    return E.left({
      _tag: 'BadConfig',
      mistakes: [
        `LETHE_HOST and ${config.right.workerHealthPort === null ? 'LETHE_PORT' : 'LETHE_PORT, or LETHE_WORKER_HEALTH_PORT'}: expected an address that can be listened on (${problem})`,
      ],
    })
  }
}
