import * as E from 'fp-ts/lib/Either.js'
import type { SingleRefusal } from '../refusal.js'
import type { Session } from '../session.js'
import { conclude } from './conclude.js'
import type { Ended, FileRemoval } from './file-removal.js'
import { type InputFile, openInput } from './input-file.js'
import { previewFile } from './preview-file.js'
import { readRows } from './read-rows.js'
import { unusable } from './results-file.js'
import { submitFile } from './submit-file.js'

/** Asks for the removal of everybody in a file, goes on where an earlier run stopped, and says what became of each. */
export const removeFile = (removal: FileRemoval) => (session: Session) => async (): Ended => {
  session.io.holdLittle()
  const input = await openInput(session.io, removal.file)
  if (E.isLeft(input)) return input
  try {
    return await removeAll(session, removal, input.right)
  } finally {
    input.right.close()
  }
}

const removeAll = async (session: Session, removal: FileRemoval, input: InputFile): Ended => {
  const identity = await session.lethe.identity()
  if (E.isLeft(identity)) return identity
  if (!identity.right.operations.includes('submit') && !removal.dryRun)
    return E.left({ _tag: 'MayNot', operation: 'submit' })
  const total = input.isFile ? await countRows(input, removal) : E.right(null)
  if (E.isLeft(total)) return total
  if (total.right === 0) {
    await session.say('there are no ids in the file.')
    return conclude(session, E.right(undefined), new Map(), { path: null, made: null })
  }
  return removal.dryRun
    ? previewFile(session, removal, input, total.right, identity.right.tenantId)
    : submitFile(session, removal, input, total.right, identity.right.tenantId)
}

/** One more look at a file is cheap, and lets its mistakes show before anything was asked for. */
const countRows = async (
  input: InputFile,
  { file, column }: FileRemoval,
): Promise<E.Either<SingleRefusal, number>> => {
  let count = 0
  try {
    for await (const row of readRows(input.chunks(), column)) {
      if (E.isLeft(row)) return row
      count = row.right.number
    }
    return E.right(count)
  } catch (error) {
    return E.left(unusable(file, error))
  }
}
