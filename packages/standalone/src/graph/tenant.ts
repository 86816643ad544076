import { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { GraphRefusal } from '../refusal.js'

export type Environment = Readonly<Record<string, string | undefined>>

type SettingsWrong = Extract<GraphRefusal, { readonly _tag: 'GraphSettingsWrong' }>

/**
 * Reads the tenant alone, for what needs nothing of Graph.
 *
 * @param tenant as it was given by an option; null where it was not.
 */
export const readTenant = (
  environment: Environment,
  tenant: string | null,
): E.Either<SettingsWrong, TenantId> =>
  pipe(
    TenantId.decode(tenant ?? (environment['LETHE_GRAPH_TENANT'] ?? '').trim()),
    E.mapLeft(() => ({
      _tag: 'GraphSettingsWrong',
      mistakes: ['--tenant (LETHE_GRAPH_TENANT): expected the GUID of your tenant'],
    })),
  )
