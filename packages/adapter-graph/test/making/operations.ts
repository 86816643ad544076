import type { HolderProblem } from '@lethe/application'
import type { TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { graphDataHolder, type GraphClient, graphInboundProfiles, type Operation } from '../../src/index.js'
import { freshIds } from './fresh-ids.js'

/** Whom an operation is about. */
export interface Whom {
  readonly tenantId: TenantId
  readonly userId: UserId
}

export const somebody = (): Whom => ({ tenantId: freshIds.tenantId(), userId: freshIds.userId() })

/** What a port gave, in a form that is easy to compare: a value, or a problem without what Graph said of itself. */
export type Given = string | object

const plain = (given: E.Either<HolderProblem, string>): Given => {
  if (E.isRight(given)) return given.right
  if (given.left._tag === 'NotYet') {
    const { _tag, afterSeconds, blockedBy } = given.left
    return blockedBy === null ? { _tag, afterSeconds } : { _tag, afterSeconds, blockedBy }
  }
  const { answer: _answer, ...problem } = given.left
  return problem
}

/** Runs an operation through its port. */
export const perform = async (
  client: GraphClient,
  operation: Operation,
  { tenantId, userId }: Whom,
): Promise<Given> => {
  switch (operation) {
    case 'removal': {
      const requestId = freshIds.identifiers.requestId()
      return plain(await graphDataHolder(client).remove({ tenantId, requestId, userId, onBehalfOf: null })())
    }
    case 'readBack':
      return plain(await graphDataHolder(client).readBack(tenantId, userId)())
    case 'lookup': {
      const got = await graphInboundProfiles(client).get(tenantId, userId)()
      if (E.isLeft(got)) return got.left
      return O.isNone(got.right) ? 'none' : 'found'
    }
  }
}
