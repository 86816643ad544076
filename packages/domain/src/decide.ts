import * as E from 'fp-ts/lib/Either.js'
import type { RemovalCommand } from './commands.js'
import type { Decision, Events } from './deciding.js'
import { approve, close, deny, join, retry, submit, withdraw } from './people-decisions.js'
import type { RemovalRefusal } from './refusals.js'
import type { RemovalRequest } from './removal-request.js'
import { expire, fail, recordBlock, recordHolderResult, recordReadBack, start } from './worker-decisions.js'

/**
 * Decides any command. A repeat succeeds with no events.
 *
 * @param command what is asked.
 * @returns for a state (null: no request yet), the events to record or the refusal.
 */
export const decide =
  (command: RemovalCommand) =>
  (request: RemovalRequest | null): E.Either<RemovalRefusal, Events> => {
    if (command.type === 'submit')
      return request === null ? submit(command) : E.left({ _tag: 'AlreadySubmitted' })
    return request === null ? E.left({ _tag: 'NotSubmitted' }) : decideExisting(command)(request)
  }

const decideExisting = (
  command: Exclude<RemovalCommand, { readonly type: 'submit' }>,
): Decision<RemovalRefusal> => {
  switch (command.type) {
    case 'join':
      return join(command)
    case 'approve':
      return approve(command)
    case 'deny':
      return deny(command)
    case 'expire':
      return expire(command)
    case 'withdraw':
      return withdraw(command)
    case 'start':
      return start(command)
    case 'recordHolderResult':
      return recordHolderResult(command)
    case 'recordReadBack':
      return recordReadBack(command)
    case 'recordBlock':
      return recordBlock(command)
    case 'fail':
      return fail(command)
    case 'retry':
      return retry(command)
    case 'close':
      return close(command)
  }
}
