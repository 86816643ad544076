import * as E from 'fp-ts/lib/Either.js'
import type { Io } from '../io.js'
import { loadContexts } from '../sign-in/context-file.js'
import { allContexts } from '../sign-in/contexts.js'
import type { Candidate } from './candidates.js'
import type { CommandLine } from './command-line.js'

/** Commands that are about a context. */
const aboutOne: ReadonlySet<string> = new Set(['context use', 'context set', 'context remove'])

/** The names of the contexts, where one may stand at the cursor; none where they cannot be read. */
export const contextNames = async (
  io: Pick<Io, 'env' | 'home' | 'files'>,
  { option, path, operands }: CommandLine,
): Promise<ReadonlyArray<Candidate>> => {
  const isMeant = option === null ? aboutOne.has(path) && operands.length === 0 : option.long === '--context'
  if (!isMeant) return []
  const contexts = await loadContexts(io)()
  return E.isLeft(contexts)
    ? []
    : allContexts(contexts.right).map(({ name, server }) => ({ value: name, description: server }))
}
