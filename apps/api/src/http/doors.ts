import type { KeysUnavailable, TokenRefusal } from '@lethe/adapter-entra'
import {
  admit,
  authorize,
  type Caller,
  type CallerUnrecognised,
  type Grant,
  type Operation,
  type PublishedContract,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { createMiddleware } from 'hono/factory'
import { answerOf, type TokenMissing } from './answer.js'
import { boundedBody } from './bounded-body.js'
import type { ApiEnv, RespondWithError } from './context.js'
import type { InTurn } from './turns-of-callers.js'

/** Why nobody could be recognised. */
type AuthenticationRefusal = TokenMissing | TokenRefusal | KeysUnavailable | CallerUnrecognised

/** Finds out who calls from the `Authorization` header. */
export type Authenticate = (authorization: string | undefined) => TaskEither<AuthenticationRefusal, Caller>

export interface DoorSettings {
  readonly authenticate: Authenticate
  readonly contract: PublishedContract
  readonly requiredRoles: ReadonlyArray<string>
  readonly readsInTurn: InTurn
  readonly respondWithError: RespondWithError
}

/** Eight reads of a caller are answered at a time, so that one who asks for a thousand pages keeps nobody else waiting. */
export const readTurns = { atOnce: 8, mostWaiting: 1024 }

/**
 * The checks that come before a route's own, in their order: authentication, permission, coding and size of the body.
 */
export const doors = ({
  authenticate,
  contract,
  requiredRoles,
  readsInTurn,
  respondWithError,
}: DoorSettings) => {
  const may = authorize(contract, requiredRoles)
  return {
    /** Lets in whoever has a genuine token, and the roles without which nobody gets in; reads of each caller in their turn. */
    authenticated: createMiddleware<ApiEnv & { Variables: { verifiedCaller: Caller } }>(async (c, next) => {
      const caller = await authenticate(c.req.header('Authorization'))()
      if (E.isLeft(caller)) return respondWithError(c, answerOf(caller.left))
      c.get('exchange').caller = caller.right
      const admitted = admit(requiredRoles)(caller.right)
      if (E.isLeft(admitted)) return respondWithError(c, answerOf(admitted.left))
      c.set('verifiedCaller', admitted.right)
      if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return next()
      const read = await readsInTurn(admitted.right, next)()
      return E.isLeft(read) ? respondWithError(c, answerOf(read.left)) : undefined
    }),
    /** Lets in whoever may do the operation, and hands on the grant. */
    permitted: <O extends Operation>(operation: O) => {
      const grantOf = remembered(may(operation))
      return createMiddleware<ApiEnv & { Variables: { verifiedCaller: Caller; grant: Grant<O> } }>(
        async (c, next) => {
          const grant = grantOf(c.get('verifiedCaller'))
          if (E.isLeft(grant)) return respondWithError(c, answerOf(grant.left))
          c.set('grant', grant.right)
          return next()
        },
      )
    },
    bounded: boundedBody(respondWithError),
    /** Which operations a caller may do. */
    operationsOf: (caller: Caller): ReadonlyArray<Operation> =>
      operations.filter(operation => E.isRight(may(operation)(caller))),
  }
}

/**
 * Asks once for each caller. A caller is what one token says, and the rules do not change while a process runs; with the
 * token, its caller is forgotten.
 */
const remembered = <A>(rule: (caller: Caller) => A): ((caller: Caller) => A) => {
  const known = new WeakMap<Caller, A>()
  return caller => {
    const answer = known.get(caller)
    if (answer !== undefined) return answer
    const found = rule(caller)
    known.set(caller, found)
    return found
  }
}

export type Doors = ReturnType<typeof doors>

const operations: ReadonlyArray<Operation> = [
  'listProfiles',
  'getProfile',
  'listRemovalRequests',
  'getRemovalRequest',
  'getHistory',
  'submit',
  'approve',
  'deny',
  'withdraw',
  'retry',
  'close',
]
