import { writeFile } from 'node:fs/promises'
import type { InboundSharedUserProfile } from '@lethe/domain'
import { contoso } from './places.js'

/** Writes profiles of Contoso to where `LETHE_PROFILES_FILE` can say. */
export const writeProfiles = (
  file: string,
  profiles: ReadonlyArray<InboundSharedUserProfile>,
): Promise<void> => writeFile(file, JSON.stringify([{ resourceTenantId: contoso, profiles }]))
