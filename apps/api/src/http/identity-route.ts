import { identityPath, IdentityResource } from '@lethe/api-contract'
import type { Caller, PublishedContract } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Hono } from 'hono'
import type { ApiEnv, RespondWithError } from './context.js'
import type { Doors } from './doors.js'
import { responding, withoutOptions } from './handling.js'

export interface IdentityRouteDeps {
  readonly contract: PublishedContract
  readonly doors: Doors
  readonly respondWithError: RespondWithError
}

/** Says to whoever has a genuine token who they are here, and what they may do. */
export const identityRoute = (
  app: Hono<ApiEnv>,
  { contract, doors, respondWithError }: IdentityRouteDeps,
): void => {
  const respond = responding(respondWithError)
  app.get(identityPath, doors.authenticated, c =>
    respond(
      c,
      pipe(
        withoutOptions(c),
        E.map(() =>
          c.json(
            IdentityResource.encode({
              ...identityOf(c.get('verifiedCaller')),
              contract: contract.name,
              operations: doors.operationsOf(c.get('verifiedCaller')),
            }),
          ),
        ),
        TE.fromEither,
      ),
    ),
  )
}

const identityOf = (caller: Caller): Omit<IdentityResource, 'contract' | 'operations'> => {
  switch (caller.kind) {
    case 'workAccount': {
      const { kind, tenantId, userId, appId, guest } = caller
      return { kind, tenantId, userId, appId, guest }
    }
    case 'application': {
      const { kind, tenantId, appId } = caller
      return { kind, tenantId, userId: null, appId, guest: false }
    }
    case 'personalAccount':
      return { kind: caller.kind, tenantId: null, userId: null, appId: null, guest: false }
  }
}
