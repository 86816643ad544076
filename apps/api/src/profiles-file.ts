import { readFile } from 'node:fs/promises'
import { describeErrors, TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import type { BadConfig } from './config.js'
import type { Profiles } from './memory-data-plane.js'

const ProfilesFile = t.readonlyArray(
  t.strict({
    resourceTenantId: TenantId,
    profiles: t.readonlyArray(
      t.strict({
        userId: UserId,
        userPrincipalName: t.string,
        displayName: t.string,
        homeTenantId: TenantId,
      }),
    ),
  }),
  'a JSON list of {resourceTenantId, profiles}',
)

/**
 * Reads the profiles that the data plane in memory starts with.
 *
 * @param file JSON: a list of `{resourceTenantId, profiles}`; empty for none.
 * @returns what is wrong with the file, where it cannot be read or holds something else: none of its content.
 */
export const readProfiles = async (file: string): Promise<E.Either<BadConfig, Profiles>> => {
  if (file === '') return E.right(new Map())
  return pipe(
    ProfilesFile.decode(await jsonIn(file)),
    E.bimap(
      errors => ({
        _tag: 'BadConfig',
        mistakes: describeErrors(errors).map(mistake => `LETHE_PROFILES_FILE: ${mistake}`),
      }),
      tenants => new Map(tenants.map(({ resourceTenantId, profiles }) => [resourceTenantId, profiles])),
    ),
  )
}

/** @returns what the file holds; null where it cannot be read or is no JSON. */
const jsonIn = async (file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return null
  }
}
