import type { StorePorts } from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import type { Logger } from 'pino'
import type { BadConfig } from './config.js'
import type { DataPlane } from './data-plane.js'
import type { DataPlaneConfig } from './graph-config.js'
import { graphDataPlane } from './graph-data-plane.js'
import { memoryDataPlane, type Profiles } from './memory-data-plane.js'
import { readCredential } from './read-credential.js'

/**
 * Opens the data plane that the configuration names. Nothing is called yet.
 *
 * @param profiles those that a data plane in memory starts with.
 */
export const openDataPlane = async (
  config: DataPlaneConfig,
  profiles: Profiles,
  store: StorePorts,
  log: Logger,
): Promise<E.Either<BadConfig, DataPlane>> => {
  switch (config.kind) {
    case 'memory':
      return E.right(memoryDataPlane(profiles))
    case 'graph': {
      const credential = await readCredential(config.secret)
      return E.isLeft(credential) ? credential : E.right(graphDataPlane(config, credential.right, store, log))
    }
  }
}
