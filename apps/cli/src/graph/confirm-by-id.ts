import { UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Io } from '../io.js'
import { interrupted, type SingleRefusal } from '../refusal.js'

/** Has the operator type the id again, and takes nothing else for a yes. */
export const confirmById = async (io: Io, userId: UserId): Promise<E.Either<SingleRefusal, void>> => {
  await io.stderr.write('Type the userId again to remove: ')
  const answer = await io.stdin.readLine()
  if (answer === null) await io.stderr.write('\n')
  if (io.interrupted.aborted) return E.left(interrupted)
  const typed = UserId.decode((answer ?? '').trim())
  return E.isRight(typed) && typed.right === userId
    ? E.right(undefined)
    : E.left({ _tag: 'GraphNotConfirmed' })
}
